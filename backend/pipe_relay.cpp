#include "backend/pipe_relay.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <cstring>

#include "backend/protocol.hpp"
#include "backend/unix_socket.hpp"

namespace custdkim::backend {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t held_back = 65536;         // of a reply, to be able to ask again
constexpr milliseconds patience_within(10'000);  // between two parts of a reply
constexpr milliseconds between_attempts(10);

// The request's method; "" for what is no request. The service says what is wrong with that.
std::string method_of(std::string_view line) {
    constexpr std::string_view usual = R"({"method": "lookup",)";
    if (line.starts_with(usual)) return "lookup";
    boost::json::error_code error;
    const auto request = boost::json::parse(line, error);
    const auto* const object = error ? nullptr : request.if_object();
    const auto* const method = object ? object->if_contains("method") : nullptr;
    return method && method->is_string() ? std::string(method->get_string()) : "";
}

// Whether it makes no difference how often it is asked.
bool only_reads(std::string_view method) {
    return method == "lookup" || method == "APILookup" || method == "list" || method == "searchRecords" ||
           method.starts_with("get");
}

int left_until(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

}  // namespace

Result<void> PipeRelay::run() {
    LineReader requests(in_);
    for (;;) {
        std::string_view line;
        switch (requests.next(line)) {
            case LineReader::Status::line: break;
            case LineReader::Status::interrupted: continue;
            case LineReader::Status::closed: return {};
            case LineReader::Status::too_long: return invalid("PowerDNS sent a request longer than 1 MiB");
            case LineReader::Status::stalled:
                return invalid("PowerDNS sent half a request, then nothing for 10 s");
        }
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        if (const auto answered = answer(line); !answered) return answered.error();
    }
}

Result<void> PipeRelay::answer(std::string_view line) {
    const Error not_taken{Errc::unavailable, "PowerDNS does not take the replies any more"};
    const std::string method = method_of(line);
    // About us, not about the service: PowerDNS starts us when it has a question, and that one may wait.
    if (method == "initialize") return put("{\"result\":true}\n") ? Result<void>() : not_taken;

    const std::string request = std::string(line) + '\n';
    const std::string limit = std::to_string(settings_.patience.count()) + " ms";
    const auto deadline = steady_clock::now() + settings_.patience;
    const auto give_up = [&](const std::string& reason) {
        return apologize(method + ": " + reason) ? Result<void>() : not_taken;
    };
    for (bool is_first = true;; is_first = false) {
        // The first may find a connection that ended since the last request. After that, the service is away.
        if (!is_first) ::poll(nullptr, 0, static_cast<int>(between_attempts.count()));
        const Attempt attempt = ask(request, deadline);
        if (attempt == Attempt::answered) return {};
        service_ = Descriptor();  // whatever comes on it now is no reply to the next request
        if (attempt == Attempt::not_taken) return not_taken;
        if (attempt == Attempt::broken) {
            return Error{Errc::unavailable, method + ": custdkim's reply broke off in the middle"};
        }
        if (attempt == Attempt::too_late) return give_up("custdkim did not answer within " + limit);
        if (attempt == Attempt::lost && !only_reads(method)) {
            return give_up("custdkim ended before it answered; whether the change was made is not known");
        }
        if (steady_clock::now() >= deadline) {
            return give_up("custdkim was not there for " + limit + ": " + settings_.socket.string() + ": " +
                           std::strerror(why_not_));
        }
    }
}

// A request is not there for the service before its line end is: where sending fails, it was not read.
PipeRelay::Attempt PipeRelay::ask(const std::string& request, Deadline deadline) {
    if (!service_ && !connect()) return Attempt::not_sent;
    if (!write_all(service_.get(), request)) {
        why_not_ = errno;
        return Attempt::not_sent;
    }
    return pass_on_reply(deadline);
}

// What has been passed on cannot be taken back: a reply that fits is held until it is whole.
PipeRelay::Attempt PipeRelay::pass_on_reply(Deadline deadline) {
    bool has_begun = false;
    std::size_t size = 0;
    reply_.resize(held_back);
    for (;;) {
        pollfd waiting{service_.get(), POLLIN, 0};
        const int ready =
            ::poll(&waiting, 1, has_begun ? static_cast<int>(patience_within.count()) : left_until(deadline));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) return has_begun ? Attempt::broken : Attempt::too_late;
        const ssize_t got = ::recv(service_.get(), reply_.data() + size, reply_.size() - size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            why_not_ = got < 0 ? errno : ECONNRESET;
            return has_begun ? Attempt::broken : Attempt::lost;
        }
        const std::string_view part(reply_.data() + size, static_cast<std::size_t>(got));
        const bool is_whole = part.back() == '\n';  // one line, and nothing behind it
        size += part.size();
        if (!is_whole && size < reply_.size()) continue;
        if (!put(std::string_view(reply_).substr(0, size))) return Attempt::not_taken;
        if (is_whole) return Attempt::answered;
        has_begun = true;
        size = 0;
    }
}

bool PipeRelay::connect() {
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = settings_.socket.string();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (path.size() >= sizeof address.sun_path) {
        why_not_ = ENAMETOOLONG;
        return false;
    }
    const timeval limit{settings_.patience.count() / 1000, settings_.patience.count() % 1000 * 1000};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);  // of connect(), too
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        why_not_ = errno;
        return false;
    }
    service_ = std::move(socket);
    return true;
}

bool PipeRelay::put(std::string_view text) const {
    while (!text.empty()) {
        const ssize_t written = ::write(out_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool PipeRelay::apologize(std::string_view reason) const {
    Reply reply;
    append_error(reply, reason);
    return put(reply.text + "\n");
}

}  // namespace custdkim::backend
