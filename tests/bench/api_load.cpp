// Sends requests to the API over several connections, and tells how long each answer took. With a rate, each
// request has its time, and what it waits because others were slow counts: nobody waits for an answer to ask
// the next thing.
//
//     api_load PORT TOKEN_FILE CONNECTIONS SECONDS RATE REQUESTS
//
// RATE is of all connections together, per second; 0: as fast as it goes. REQUESTS is a file of paths to GET,
// one a line, drawn at random; or "create:PREFIX", for POST /v1/keys with another domain each. Prints "done N
// failed N rate N p50 MS p99 MS p999 MS max MS", of the requests whose time was before the end.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

struct Plan {
    std::uint16_t port = 0;
    std::string token;
    int connections = 0;
    double seconds = 0, rate = 0;
    std::vector<std::string> paths;  // empty: creations
    std::string prefix;
};

int connect_to(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        std::perror("connect");
        std::exit(1);
    }
    return fd;
}

// The status of the answer; all of the answer is read.
int exchange(int fd, const std::string& request) {
    if (::write(fd, request.data(), request.size()) != static_cast<ssize_t>(request.size())) return 0;
    std::string answer;
    char piece[65536];
    std::size_t whole = 0;
    while (whole == 0 || answer.size() < whole) {
        const ssize_t got = ::read(fd, piece, sizeof piece);
        if (got <= 0) return 0;
        answer.append(piece, static_cast<std::size_t>(got));
        const std::size_t end = answer.find("\r\n\r\n");
        const std::size_t length = answer.find("Content-Length: ");
        if (whole == 0 && end != answer.npos) {
            if (length == answer.npos || length > end) return 0;
            whole = end + 4 + std::strtoul(answer.c_str() + length + 16, nullptr, 10);
        }
    }
    return std::atoi(answer.c_str() + 9);
}

// The pace of somebody who asks now and then; nothing is waited for.
void pace(Steady::time_point due) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(due - Steady::now()).count();
    const timespec pause{left / 1'000'000'000, left % 1'000'000'000};
    if (left > 0) ::ppoll(nullptr, 0, &pause, nullptr);
}

class Connection {
  public:
    Connection(const Plan& plan, int number)
        : plan_(plan), number_(number), random_(static_cast<unsigned>(number)) {}

    void run(Steady::time_point begin) {
        const int fd = connect_to(plan_.port);
        const auto end = begin + std::chrono::duration<double>(plan_.seconds);
        const std::chrono::duration<double> interval(plan_.rate > 0 ? plan_.connections / plan_.rate : 0);
        // The connections take turns.
        auto due =
            begin + std::chrono::duration_cast<Steady::duration>(interval * number_ / plan_.connections);
        for (int i = 0; due < end; ++i) {
            if (plan_.rate > 0) pace(due);
            const int status = exchange(fd, request(i));
            const auto now = Steady::now();
            if (status < 200 || status >= 300) ++failed;
            millis.push_back(std::chrono::duration<double, std::milli>(now - due).count());
            due = plan_.rate > 0 ? due + std::chrono::duration_cast<Steady::duration>(interval) : now;
        }
        ::close(fd);
    }

    std::vector<double> millis;
    long failed = 0;

  private:
    std::string request(int count) {
        const std::string head =
            "HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + plan_.token + "\r\n";
        if (!plan_.paths.empty())
            return "GET " + plan_.paths[random_() % plan_.paths.size()] + " " + head + "\r\n";
        const std::string body = "{\"type\": \"ed25519\", \"domain\": \"" + plan_.prefix +
                                 std::to_string(number_) + "-" + std::to_string(count) + ".example\"}";
        return "POST /v1/keys " + head +
               "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }

    const Plan& plan_;
    const int number_;
    std::mt19937 random_;
};

Plan read_plan(char** argv) {
    Plan plan;
    plan.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    std::ifstream(argv[2]) >> plan.token;
    plan.connections = std::atoi(argv[3]);
    plan.seconds = std::atof(argv[4]);
    plan.rate = std::atof(argv[5]);
    const std::string requests = argv[6];
    if (requests.starts_with("create:")) {
        plan.prefix = requests.substr(7);
        return plan;
    }
    std::ifstream file(requests);
    for (std::string path; std::getline(file, path);) plan.paths.push_back(path);
    if (plan.paths.empty()) std::exit(2);
    return plan;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) {
        std::fputs("usage: api_load PORT TOKEN_FILE CONNECTIONS SECONDS RATE REQUESTS\n", stderr);
        return 2;
    }
    const Plan plan = read_plan(argv);
    std::vector<Connection> connections;
    for (int i = 0; i < plan.connections; ++i) connections.emplace_back(plan, i);
    const auto begin = Steady::now();
    std::vector<std::thread> threads;
    for (Connection& connection : connections)
        threads.emplace_back([&connection, begin] { connection.run(begin); });
    for (std::thread& thread : threads) thread.join();
    const std::chrono::duration<double> took = Steady::now() - begin;
    std::vector<double> millis;
    long failed = 0;
    for (const Connection& connection : connections) {
        millis.insert(millis.end(), connection.millis.begin(), connection.millis.end());
        failed += connection.failed;
    }
    if (millis.empty()) return 1;
    std::sort(millis.begin(), millis.end());
    const auto at = [&](double share) {
        return millis[static_cast<std::size_t>(share * static_cast<double>(millis.size() - 1))];
    };
    std::printf("done %zu failed %ld rate %.0f p50 %.2f p99 %.2f p999 %.2f max %.2f\n", millis.size(), failed,
                static_cast<double>(millis.size()) / took.count(), at(0.5), at(0.99), at(0.999),
                millis.back());
}
