#include "milter/listen_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/descriptor.hpp"

namespace custdkim::milter {

namespace {

constexpr std::string_view unix_prefix = "unix:", inet_prefix = "inet:";

Error unreadable(std::string_view text, const std::string& why) {
    return invalid("'" + std::string(text) + "' is not an address to listen on: " + why +
                   "; write it like unix:/run/custdkim-milter/milter.sock or inet:8891@127.0.0.1");
}

Result<ListenAddress> parse_unix(std::string_view text) {
    ListenAddress address;
    address.path = text.substr(unix_prefix.size());
    if (!address.path.starts_with('/')) return unreadable(text, "the path must begin with '/'");
    if (address.path.size() >= sizeof sockaddr_un{}.sun_path) {
        return unreadable(text, "the path is longer than a socket's may be");
    }
    return address;
}

Result<ListenAddress> parse_inet(std::string_view text) {
    const std::string_view rest = text.substr(inet_prefix.size());
    const std::size_t at = rest.find('@');
    if (at == rest.npos) return unreadable(text, "behind the port belongs '@' and an IP address");
    ListenAddress address;
    const std::string_view digits = rest.substr(0, at);
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (error != std::errc() || stop != digits.data() + digits.size() || address.port == 0) {
        return unreadable(text, "the port must be a number from 1 to 65535");
    }
    address.address = rest.substr(at + 1);
    in6_addr ignored{};
    if (::inet_pton(AF_INET, address.address.c_str(), &ignored) != 1 &&
        ::inet_pton(AF_INET6, address.address.c_str(), &ignored) != 1) {
        return unreadable(text, "'" + address.address + "' is not an IP address");
    }
    return address;
}

Error cannot(std::string_view what, const std::string& where) {
    return invalid("cannot " + std::string(what) + " " + where + ": " + std::strerror(errno));
}

Result<void> make_way_for_unix(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) return {};
        return cannot("look at the socket", path);
    }
    if (!S_ISSOCK(info.st_mode)) {
        return invalid(path + " is not a socket; move it away, or listen somewhere else");
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int failed = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (failed == 0 || errno == EAGAIN) {
        return invalid("another process already answers on the socket " + path);
    }
    if (errno != ECONNREFUSED) return cannot("use the socket", path);
    if (::unlink(path.c_str()) != 0) return cannot("replace the socket", path);
    return {};
}

// libmilter would only say that it did not work.
Result<void> try_to_bind(const ListenAddress& address) {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = htons(address.port);
    const bool is_v4 = ::inet_pton(AF_INET, address.address.c_str(), &v4.sin_addr) == 1;
    if (!is_v4) ::inet_pton(AF_INET6, address.address.c_str(), &v6.sin6_addr);
    const Descriptor trial(::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int yes = 1;
    ::setsockopt(trial.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const auto* const name = is_v4 ? reinterpret_cast<const sockaddr*>(&v4)  //
                                   : reinterpret_cast<const sockaddr*>(&v6);
    if (::bind(trial.get(), name, is_v4 ? sizeof v4 : sizeof v6) != 0) {
        return cannot("listen on", "port " + std::to_string(address.port) + " of " + address.address);
    }
    return {};
}

}  // namespace

std::string ListenAddress::for_libmilter() const {
    if (is_unix()) return std::string(unix_prefix) + path;
    const bool is_v6 = address.find(':') != std::string::npos;
    return std::string(is_v6 ? "inet6:" : "inet:") + std::to_string(port) + "@" + address;
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
    if (text.starts_with(unix_prefix)) return parse_unix(text);
    if (text.starts_with(inet_prefix)) return parse_inet(text);
    return unreadable(text, "it begins with neither 'unix:' nor 'inet:'");
}

Result<void> make_way(const ListenAddress& address) {
    return address.is_unix() ? make_way_for_unix(address.path) : try_to_bind(address);
}

Result<void> set_rights(const ListenAddress& address, const SocketRights& rights) {
    if (!address.is_unix()) return {};
    const char* const path = address.path.c_str();
    if (rights.group && ::chown(path, static_cast<uid_t>(-1), *rights.group) != 0) {
        return cannot("set the group of the socket", address.path);
    }
    if (::chmod(path, rights.mode) != 0) return cannot("set the mode of the socket", address.path);
    return {};
}

// libmilter does not say which one it is. On Linux connections inherit the option.
void send_at_once() {
    constexpr int most_opened_before = 256;
    for (int fd = 0; fd < most_opened_before; ++fd) {
        int listens = 0;
        socklen_t size = sizeof listens;
        if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) continue;
        const int yes = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);  // a unix socket refuses it
    }
}

SocketFile socket_file(const ListenAddress& address) {
    struct stat info {};
    return address.is_unix() && ::lstat(address.path.c_str(), &info) == 0 ? info.st_ino : 0;
}

void remove_socket(const ListenAddress& address, SocketFile made) {
    if (made != 0 && socket_file(address) == made) ::unlink(address.path.c_str());
}

}  // namespace custdkim::milter
