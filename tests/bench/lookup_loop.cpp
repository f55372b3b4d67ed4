// Asks a backend's socket for TXT records as PowerDNS does, one after the other on one connection, and tells
// how long each answer took. It waits a little between two questions, so that it measures and does not load.
//
//     lookup_loop SOCKET NAMES SECONDS PAUSE_MICROSECONDS
//
// NAMES is a file of names, one a line. Prints "lookups N wrong N p50 US p99 US p999 US max US".
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

int connect_to(const char* path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        std::perror(path);
        std::exit(1);
    }
    return fd;
}

// One line each way.
std::string ask(int fd, const std::string& request) {
    if (::write(fd, request.data(), request.size()) != static_cast<ssize_t>(request.size())) std::exit(1);
    std::string reply;
    char buffer[65536];
    while (reply.empty() || reply.back() != '\n') {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got <= 0) std::exit(1);
        reply.append(buffer, static_cast<std::size_t>(got));
    }
    return reply;
}

std::string lookup(const std::string& name) {
    return R"({"method": "lookup", "parameters": {"local": "0.0.0.0", "qname": ")" + name +
           R"(.", "qtype": "ANY", "real-remote": "0.0.0.0/0", "remote": "0.0.0.0", "zone-id": -1}})" + "\n";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("usage: lookup_loop SOCKET NAMES SECONDS PAUSE_MICROSECONDS\n", stderr);
        return 2;
    }
    std::vector<std::string> names;
    std::ifstream file(argv[2]);
    for (std::string name; std::getline(file, name);) names.push_back(name);
    if (names.empty()) return 2;
    const std::chrono::microseconds pause(std::atol(argv[4]));
    const auto end = Steady::now() + std::chrono::duration<double>(std::atof(argv[3]));
    const int fd = connect_to(argv[1]);
    ask(fd, "{\"method\": \"initialize\", \"parameters\": {\"path\": \"\", \"timeout\": \"2000\"}}\n");
    std::mt19937 random(1);
    std::vector<double> micros;
    long wrong = 0;
    for (auto now = Steady::now(); now < end; now = Steady::now()) {
        const std::string request = lookup(names[random() % names.size()]);
        const auto begin = Steady::now();
        const std::string reply = ask(fd, request);
        micros.push_back(std::chrono::duration<double, std::micro>(Steady::now() - begin).count());
        if (reply.find("v=DKIM1") == std::string::npos) ++wrong;
        if (pause.count() > 0) std::this_thread::sleep_for(pause);
    }
    ::close(fd);
    std::sort(micros.begin(), micros.end());
    const auto at = [&](double share) {
        return micros[static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1))];
    };
    std::printf("lookups %zu wrong %ld p50 %.1f p99 %.1f p999 %.1f max %.1f\n", micros.size(), wrong, at(0.5),
                at(0.99), at(0.999), micros.back());
}
