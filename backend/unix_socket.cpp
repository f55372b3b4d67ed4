#include "backend/unix_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace custdkim::backend {

namespace {

Error cannot(const UnixSettings& settings, std::string_view what) {
    return invalid("cannot " + std::string(what) + " the socket " + settings.path.string() + ": " +
                   std::strerror(errno));
}

Result<sockaddr_un> address_of(const UnixSettings& settings) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = settings.path.string();
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return invalid("the socket path '" + path + "' must have 1 to " +
                       std::to_string(sizeof address.sun_path - 1) + " characters");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

// What a crash left behind is removed; what is in use, or not ours, is not.
Result<void> clear_path(const UnixSettings& settings, const sockaddr_un& address) {
    struct stat info {};
    if (::lstat(address.sun_path, &info) != 0) {
        if (errno == ENOENT) return {};
        return cannot(settings, "look at");
    }
    if (!S_ISSOCK(info.st_mode)) {
        return invalid(settings.path.string() +
                       " is not a socket; move it away, or set another [backend] unix");
    }
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int failed = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (failed == 0 || errno == EAGAIN) {  // EAGAIN: it has no time, but it is there
        return Error{Errc::busy, "another process already answers on the socket " + settings.path.string()};
    }
    if (errno != ECONNREFUSED)
        return cannot(settings, "use");  // not for us, or no stream: somebody's all the same
    if (::unlink(address.sun_path) != 0) return cannot(settings, "replace");
    return {};
}

}  // namespace

Result<Descriptor> listen_on(const UnixSettings& settings) {
    const auto address = address_of(settings);
    if (!address) return address.error();
    if (const auto clear = clear_path(settings, *address); !clear) return clear.error();
    Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!listener) return cannot(settings, "create");
    // Nobody connects before listen(), so the rights are in force before anybody can.
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        return cannot(settings, "bind");
    }
    const char* const path = address->sun_path;
    if (::chmod(path, settings.mode) != 0) return cannot(settings, "set the mode of");
    if (settings.owner || settings.group) {
        const uid_t owner = settings.owner.value_or(static_cast<uid_t>(-1));
        const gid_t group = settings.group.value_or(static_cast<gid_t>(-1));
        if (::chown(path, owner, group) != 0) return cannot(settings, "set the owner of");
    }
    if (::listen(listener.get(), 128) != 0) return cannot(settings, "listen on");
    return listener;
}

void prepare(const Descriptor& socket) {
    const timeval patience{10, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

LineReader::Status LineReader::next(std::string_view& line) {
    for (;;) {
        const char* const from = buffer_.data() + begin_ + searched_;
        if (const void* found = std::memchr(from, '\n', end_ - begin_ - searched_)) {
            const std::size_t stop =
                static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
            line = std::string_view(buffer_).substr(begin_, stop - begin_);
            begin_ = stop + 1;
            searched_ = 0;
            return Status::line;
        }
        searched_ = end_ - begin_;
        if (searched_ > max_line) return Status::too_long;
        if (begin_ > 0) {  // keep the room behind for recv()
            std::memmove(buffer_.data(), buffer_.data() + begin_, searched_);
            begin_ = 0;
            end_ = searched_;
        }
        if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
        if (const Status status = receive(); status != Status::line) return status;
    }
}

// Waiting for a whole new request has no time-out: arming one would cost every request a system timer. Only
// the rest of a line has.
LineReader::Status LineReader::receive() {
    if (!at_boundary()) {
        pollfd waiting{fd_, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, patience_milliseconds);
        if (ready == 0) return Status::stalled;
        if (ready < 0) return errno == EINTR ? Status::interrupted : Status::closed;
    }
    const ssize_t got = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
    if (got < 0 && errno == EINTR) return Status::interrupted;
    if (got <= 0) return Status::closed;
    end_ += static_cast<std::size_t>(got);
    return Status::line;
}

}  // namespace custdkim::backend
