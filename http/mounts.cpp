#include "http/mounts.hpp"

namespace custdkim::http {

namespace {

bool lies_under(std::string_view path, std::string_view mount) {
    if (path == mount) return true;
    return mount != "/" && path.starts_with(mount) && path[mount.size()] == '/';
}

}  // namespace

const RequestHandler& Mounts::handler_for(const Request& request) const {
    for (const Mount& mount : mounts_) {
        if (lies_under(request.path, mount.path)) return *mount.handler;
    }
    return rest_;
}

Response Mounts::handle(const Request& request) const noexcept {
    return handler_for(request).handle(request);
}

std::size_t Mounts::max_body(const Request& head) const { return handler_for(head).max_body(head); }

std::unique_ptr<BodySink> Mounts::open_sink(const Request& head) const noexcept {
    return handler_for(head).open_sink(head);
}

bool Mounts::takes_long(const Request& head) const { return handler_for(head).takes_long(head); }

Response Mounts::refuse(unsigned status, std::string_view reason, const Request& head) const {
    return handler_for(head).refuse(status, reason, head);
}

}  // namespace custdkim::http
