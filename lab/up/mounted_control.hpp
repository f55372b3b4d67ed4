// The lab's control API at /lab of the service's own address, for the console, which may ask no other. The
// service answers before the lab has one, and after. Thread-safe.
#pragma once

#include <shared_mutex>

#include "lab/serving/control.hpp"

namespace custdkim::lab {

class MountedControl final : public http::RequestHandler {
  public:
    static constexpr std::string_view path = "/lab";

    // From here on it answers; withdraw() comes before `control` ends, and waits for requests under way.
    void serve(const Control& control);
    void withdraw();

    http::Response handle(const http::Request& request) const noexcept override;
    std::size_t max_body(const http::Request& head) const override;
    http::Response refuse(unsigned status, std::string_view reason, const http::Request& head) const override;

  private:
    mutable std::shared_mutex mutex_;
    const Control* control_ = nullptr;
};

}  // namespace custdkim::lab
