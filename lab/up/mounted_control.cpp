#include "lab/up/mounted_control.hpp"

#include <mutex>

#include "api/problem.hpp"

namespace custdkim::lab {

namespace {

http::Response not_there() { return api::problem(503, "unavailable", "the lab is starting or ending"); }

}  // namespace

void MountedControl::serve(const Control& control) {
    const std::unique_lock lock(mutex_);
    control_ = &control;
}

void MountedControl::withdraw() {
    const std::unique_lock lock(mutex_);
    control_ = nullptr;
}

http::Response MountedControl::handle(const http::Request& request) const noexcept {
    const std::shared_lock lock(mutex_);
    if (!control_) return not_there();
    http::Request inner = request;
    inner.path.erase(0, path.size());
    return control_->handle(inner);
}

std::size_t MountedControl::max_body(const http::Request& head) const {
    const std::shared_lock lock(mutex_);
    return control_ ? control_->max_body(head) : 0;
}

http::Response MountedControl::refuse(unsigned status, std::string_view reason,
                                      const http::Request& head) const {
    const std::shared_lock lock(mutex_);
    return control_ ? control_->refuse(status, reason, head) : not_there();
}

}  // namespace custdkim::lab
