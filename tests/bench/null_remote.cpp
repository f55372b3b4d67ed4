// The ceiling of the remote backend protocol: a backend that does no work. A thread for each connection,
// no JSON parser (strstr), no zone (every name that starts with "s" has a TXT, all others are empty
// non-terminals, as most of those that PowerDNS asks for are), replies made ahead
// or by one memcpy. What PowerDNS reaches with this, no backend can beat.
//
//     null_remote SOCKET [ANSWERS]
//
// There are so many different TXT records, chosen by the name's hash; one, if that is not given. One stays in
// the processor's caches, as no zone of keys does.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::string_view apex = "custdkim.test.";
constexpr std::string_view soa =
    R"({"qtype":"SOA","qname":"custdkim.test","content":"ns1.custdkim.test. hostmaster.custdkim.test. 2026010101 3600 900 1209600 300","ttl":300,"domain_id":1,"auth":1})";
constexpr std::string_view ns =
    R"({"qtype":"NS","qname":"custdkim.test","content":"ns1.custdkim.test.","ttl":300,"domain_id":1,"auth":1})";

using Random = std::minstd_rand;

std::string base64(Random& random, std::size_t length) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text(length, '\0');
    for (char& digit : text) digit = digits[random() / 32 % digits.size()];
    return text;
}

// As long as the record of an RSA-2048 key: 410 octets in two strings.
std::string txt_tail(Random& random) {
    return R"(","content":"\"v=DKIM1; k=rsa; p=)" + base64(random, 237) + R"(\" \")" + base64(random, 155) +
           R"(\"","ttl":300,"domain_id":1,"auth":1}]})";
}

std::vector<std::string> tails;

void make_answers(std::size_t count) {
    Random random;
    tails.reserve(count);
    while (tails.size() < count) tails.push_back(txt_tail(random));
}

std::string_view field(const char* line, const char* name) {
    const char* at = std::strstr(line, name);
    if (!at) return {};
    at += std::strlen(name);
    return {at, static_cast<std::size_t>(std::strchr(at, '"') - at)};
}

void answer(const char* line, std::string& out) {
    const std::string_view method = field(line, "\"method\": \"");
    const std::string_view name = field(line, "\"qname\": \"");
    if (method == "lookup" && name == apex) {
        const bool only_soa = field(line, "\"qtype\": \"") == "SOA";
        out.append(R"({"result":[)").append(soa);
        if (!only_soa) out.append(",").append(ns);
        out.append("]}");
    } else if (method == "lookup" && name.starts_with('s')) {
        out.append(R"({"result":[{"qtype":"TXT","qname":")")
            .append(name)
            .append(tails[std::hash<std::string_view>{}(name) % tails.size()]);
    } else if (method == "lookup" && name.ends_with(apex)) {
        out.append(R"({"result":[{"qtype":"","qname":")")
            .append(name)
            .append(R"(","content":"","ttl":0,"domain_id":1,"auth":1}]})");
    } else if (method == "lookup" || method == "getDomainMetadata") {
        out.append(R"({"result":[]})");
    } else if (method == "initialize") {
        out.append(R"({"result":true})");
    } else if (method == "getAllDomainMetadata") {
        out.append(R"({"result":{}})");
    } else if (method == "getAllDomains") {
        out.append(R"({"result":[{"id":1,"zone":"custdkim.test.","kind":"native","serial":2026010101}]})");
    } else {
        out.append(R"({"result":false})");
    }
    out += '\n';
}

void serve(int fd) {
    static thread_local char buffer[65536];
    std::size_t have = 0;
    std::string out;
    for (;;) {
        const ssize_t got = ::read(fd, buffer + have, sizeof buffer - have - 1);
        if (got <= 0) break;
        have += static_cast<std::size_t>(got);
        char* line = buffer;
        while (char* end = static_cast<char*>(std::memchr(line, '\n', have - (line - buffer)))) {
            *end = '\0';
            out.clear();
            answer(line, out);
            if (::write(fd, out.data(), out.size()) < 0) break;
            line = end + 1;
        }
        have -= static_cast<std::size_t>(line - buffer);
        std::memmove(buffer, line, have);
    }
    ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const unsigned long answers = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 1;
    if (argc < 2 || argc > 3 || answers == 0 || std::strlen(argv[1]) >= sizeof address.sun_path) {
        std::fputs("usage: null_remote SOCKET [ANSWERS]\n", stderr);
        return 2;
    }
    make_answers(answers);
    std::signal(SIGPIPE, SIG_IGN);
    std::strcpy(address.sun_path, argv[1]);
    ::unlink(argv[1]);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 64)) {
        std::perror(argv[1]);
        return 1;
    }
    for (;;) {
        const int fd = ::accept(listener, nullptr, nullptr);
        if (fd >= 0) std::thread(serve, fd).detach();
    }
}
