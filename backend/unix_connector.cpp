#include "backend/unix_connector.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "backend/protocol.hpp"
#include "backend/unix_socket.hpp"
#include "base/log.hpp"

namespace custdkim::backend {

namespace {

constexpr std::size_t spill_size = 65536;

// How long stop() bears with clients that do not take their replies, or never cease to ask. Less than the 2 s
// that PowerDNS waits for the next process to answer.
constexpr std::chrono::seconds patience{1};

// Ends a blocking recv(). Its default is to be ignored, so that no other program means anything by it.
constexpr int wake_signal = SIGURG;

void catch_wake_signal() {
    struct sigaction action {};
    action.sa_handler = [](int) {};  // without SA_RESTART: the call ends with EINTR
    ::sigaction(wake_signal, &action, nullptr);
}

class SocketReply final : public Reply {
  public:
    explicit SocketReply(int fd) : fd_(fd) {}
    void spill() override {
        if (text.size() >= spill_size) flush();
    }
    bool flush() {
        alive_ = alive_ && write_all(fd_, text);
        clear();
        return alive_;
    }

  private:
    const int fd_;
    bool alive_ = true;
};

}  // namespace

Result<std::unique_ptr<UnixConnector>> UnixConnector::start(UnixSettings settings, const Parts& parts,
                                                            InheritedSockets inherited) {
    const bool owns_path = !inherited.listener;
    if (owns_path) {
        auto listener = listen_on(settings);
        if (!listener) return listener.error();
        inherited.listener = std::move(*listener);
    }
    std::unique_ptr<UnixConnector> connector(
        new UnixConnector(std::move(settings), parts, std::move(inherited.listener), owns_path));
    for (Descriptor& connection : inherited.connections) connector->add(std::move(connection));
    connector->acceptor_ = std::jthread([raw = connector.get()] { raw->accept_all(); });
    return connector;
}

UnixConnector::UnixConnector(UnixSettings settings, const Parts& parts, Descriptor listener, bool owns_path)
    : settings_(std::move(settings)),
      parts_(parts),
      owns_path_(owns_path),
      listener_(std::move(listener)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
    catch_wake_signal();
}

UnixConnector::~UnixConnector() {
    stop();
    if (owns_path_ && listener_) ::unlink(settings_.path.c_str());
}

void UnixConnector::stop() {
    if (stopping_.exchange(true)) return;
    ::eventfd_write(wake_.get(), 1);
    if (acceptor_.joinable()) acceptor_.join();
    const std::lock_guard lock(mutex_);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (Connection& connection : connections_) {
        while (!connection.done) {
            if (std::chrono::steady_clock::now() > deadline) ::shutdown(connection.socket.get(), SHUT_RDWR);
            ::pthread_kill(connection.thread.native_handle(), wake_signal);
            ::poll(nullptr, 0, 1);  // again, if it came just before the recv() that it was to end
        }
        connection.thread.join();
    }
}

std::optional<std::string> UnixConnector::trouble() const {
    std::error_code ignored;
    if (!owns_path_ || std::filesystem::is_socket(settings_.path, ignored)) return std::nullopt;
    return "the socket " + settings_.path.string() + " is gone: PowerDNS cannot connect; restart custdkim";
}

InheritedSockets UnixConnector::hand_over() {
    stop();
    InheritedSockets sockets;
    for (Connection& connection : connections_) {
        if (connection.keep) sockets.connections.push_back(std::move(connection.socket));
    }
    if (!owns_path_)
        sockets.listener = std::move(listener_);  // our own goes with its path, in the destructor
    return sockets;
}

void UnixConnector::accept_all() {
    pollfd waiting[] = {{listener_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    while (!stopping_) {
        if (::poll(waiting, 2, -1) < 0 && errno != EINTR) break;
        if (stopping_ || (waiting[0].revents & POLLIN) == 0) continue;
        Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (socket) {
            add(std::move(socket));
        } else if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN) {
            log_warning("a connection from PowerDNS could not be accepted",
                        {{"reason", std::strerror(errno)}});
            ::poll(&waiting[1], 1, 100);  // out of descriptors: do not spin
        }
    }
}

void UnixConnector::add(Descriptor socket) {
    const std::lock_guard lock(mutex_);
    std::erase_if(connections_, [](const Connection& c) { return c.done.load(); });
    if (connections_.size() >= settings_.max_connections) {
        log_warning("a connection from PowerDNS was refused: too many are open",
                    {{"limit", settings_.max_connections}});
        if (parts_.counters) ++parts_.counters->refused;
        return;
    }
    prepare(socket);
    Connection& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    connection.thread = std::jthread([this, &connection] {
        serve(connection);
        if (!connection.keep) ::shutdown(connection.socket.get(), SHUT_RDWR);
        connection.done = true;
    });
}

void UnixConnector::serve(Connection& connection) {
    const int fd = connection.socket.get();
    LineReader reader(fd);
    Conversation conversation(parts_);
    SocketReply reply(fd);
    for (;;) {
        std::string_view line;
        switch (reader.next(line)) {
            case LineReader::Status::line: break;
            case LineReader::Status::interrupted:
                if (!stopping_) continue;
                connection.keep = reader.at_boundary();
                return;
            case LineReader::Status::closed: return;
            case LineReader::Status::too_long:
                log_warning("a connection from PowerDNS was closed: a request longer than 1 MiB");
                return;
            case LineReader::Status::stalled:
                log_warning("a connection from PowerDNS was closed: half a request, then nothing for 10 s");
                return;
        }
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const Outcome outcome = conversation.answer(line, reply);
        reply.text += '\n';
        if (!reply.flush() || outcome == Outcome::unreadable) return;
        if (stopping_ && reader.at_boundary()) {
            connection.keep = true;
            return;
        }
    }
}

}  // namespace custdkim::backend
