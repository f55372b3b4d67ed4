#include "service/supervisor.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/log.hpp"

namespace custdkim {

namespace {

constexpr std::string_view connection_name = "pdns-connection";

bool is_listening(int fd) {
    int listening = 0;
    socklen_t size = sizeof listening;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

}  // namespace

bool logs_to_journal() {
    const char* const stream = std::getenv("JOURNAL_STREAM");  // "DEVICE:INODE"
    struct stat error {};
    if (!stream || ::fstat(STDERR_FILENO, &error) != 0) return false;
    return stream == std::to_string(error.st_dev) + ":" + std::to_string(error.st_ino);
}

void notify_ready(std::string_view status) {
    ::sd_notify(0, ("READY=1\nSTATUS=" + std::string(status)).c_str());
}

void notify_reloading() {
    const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();  // CLOCK_MONOTONIC
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(since_boot).count();
    ::sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds) +
                    "\nSTATUS=Reading zone files again")
                       .c_str());
}

void notify_stopping() { ::sd_notify(0, "STOPPING=1\nSTATUS=Finishing what is under way"); }

backend::InheritedSockets take_inherited_sockets() {
    backend::InheritedSockets sockets;
    char** names = nullptr;
    const int count = ::sd_listen_fds_with_names(1, &names);
    for (int i = 0; i < count; ++i) {
        Descriptor socket(SD_LISTEN_FDS_START + i);
        const std::unique_ptr<char, decltype(&std::free)> name(names[i], &std::free);
        ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
        if (is_listening(socket.get())) {
            sockets.listener = std::move(socket);
        } else if (name && connection_name == name.get()) {
            sockets.connections.push_back(std::move(socket));
        }
    }
    std::free(names);
    if (!sockets.connections.empty()) {
        log_info("connections of PowerDNS taken over", {{"connections", sockets.connections.size()}});
    }
    return sockets;
}

void store_connections(const backend::InheritedSockets& sockets) {
    std::vector<int> fds;
    for (const Descriptor& connection : sockets.connections) fds.push_back(connection.get());
    constexpr std::size_t per_message = 200;  // SCM_RIGHTS carries 253
    for (std::size_t from = 0; from < fds.size(); from += per_message) {
        const auto count = static_cast<unsigned>(std::min(per_message, fds.size() - from));
        const std::string state = "FDSTORE=1\nFDNAME=" + std::string(connection_name);
        if (::sd_pid_notify_with_fds(0, 0, state.c_str(), fds.data() + from, count) <= 0) return;
    }
    // Until this returns, the messages above have been read: only then may we end, and they outlive us.
    ::sd_notify_barrier(0, 5'000'000);
}

}  // namespace custdkim
