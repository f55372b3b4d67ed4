// Where the milter listens, and what is in the way.
#include "milter/listen_address.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/descriptor.hpp"

namespace custdkim::milter {

namespace {

std::string refusal(std::string_view text) {
    const auto address = parse_listen_address(text);
    return address ? "(none)" : address.error().detail;
}

struct Directory {
    std::string path = (std::filesystem::temp_directory_path() / "custdkim-milter-XXXXXX").string();
    Directory() { REQUIRE(::mkdtemp(path.data())); }
    ~Directory() { std::filesystem::remove_all(path); }
};

Descriptor bound(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    Descriptor listener(::socket(AF_UNIX, SOCK_STREAM, 0));
    REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return listener;
}

}  // namespace

TEST_CASE("An address is a path, or a port of an IP address") {
    CHECK(parse_listen_address("unix:/run/x.sock")->for_libmilter() == "unix:/run/x.sock");
    CHECK(parse_listen_address("inet:8891@127.0.0.1")->for_libmilter() == "inet:8891@127.0.0.1");
    CHECK(parse_listen_address("inet:8891@::1")->for_libmilter() == "inet6:8891@::1");
}

TEST_CASE("What is no address is refused with a sentence that says how to write one") {
    for (const char* text : {"", "8891", "unix:", "unix:x.sock", "local:/x", "inet:8891", "inet:@127.0.0.1",
                             "inet:0@127.0.0.1", "inet:65536@127.0.0.1", "inet:8891@", "inet:8891@localhost",
                             "inet:88x@127.0.0.1", "inet:8891@127.0.0.1 "}) {
        CHECK_THAT(refusal(text), Catch::StartsWith("'" + std::string(text) + "' is not an address") &&
                                      Catch::EndsWith("or inet:8891@127.0.0.1"));
    }
    CHECK_THAT(refusal("unix:/" + std::string(200, 'x')), Catch::Contains("longer than a socket's"));
}

TEST_CASE("A socket that was left behind is removed; what is in use, or no socket, is not") {
    const Directory directory;
    const std::string path = directory.path + "/milter.sock";
    const ListenAddress address = *parse_listen_address("unix:" + path);
    CHECK(make_way(address).has_value());
    {
        const Descriptor listener = bound(path);
        REQUIRE(::listen(listener.get(), 1) == 0);
        const auto taken = make_way(address);
        REQUIRE_FALSE(taken.has_value());
        CHECK(taken.error().detail == "another process already answers on the socket " + path);
    }
    CHECK(make_way(address).has_value());
    CHECK_FALSE(std::filesystem::exists(path));
    std::ofstream(path) << "precious";
    CHECK_FALSE(make_way(address).has_value());
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("A socket has the mode that it was given") {
    const Directory directory;
    const std::string path = directory.path + "/milter.sock";
    const Descriptor listener = bound(path);
    CHECK(set_rights(*parse_listen_address("unix:" + path), {0640, ::getgid()}).has_value());
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0640);
}

}  // namespace custdkim::milter
