// Where mail servers find the milter: "unix:/run/custdkim-milter/milter.sock" or "inet:8891@127.0.0.1".
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::milter {

struct ListenAddress {
    std::string path;     // of a unix socket; "": IP
    std::string address;  // IPv4 or IPv6
    std::uint16_t port = 0;

    bool is_unix() const { return !path.empty(); }
    std::string for_libmilter() const;  // as smfi_setconn() wants it
};

// One sentence for what is none.
Result<ListenAddress> parse_listen_address(std::string_view text);

// Who may connect to a unix socket.
struct SocketRights {
    mode_t mode = 0660;
    std::optional<gid_t> group;
};

// Removes the socket that a crash left behind. Refuses an address that somebody uses, or that cannot be used.
Result<void> make_way(const ListenAddress& address);

// Of the socket that is there now.
Result<void> set_rights(const ListenAddress& address, const SocketRights& rights);

// Has the connections of a listening TCP socket, the only one of this process, send each reply at once: a
// mail server that waits for a small one would wait for 40 ms.
void send_at_once();

// Which file the socket is, so that nobody removes that of another process. 0: none.
using SocketFile = ino_t;
SocketFile socket_file(const ListenAddress& address);
void remove_socket(const ListenAddress& address, SocketFile made);

}  // namespace custdkim::milter
