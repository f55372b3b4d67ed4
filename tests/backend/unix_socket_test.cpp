// The socket that PowerDNS connects to: where it may stand, whose it is, and whom it must not push aside.
#include "backend/unix_socket.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "client.hpp"
#include "fixed_zones.hpp"
#include "support/child.hpp"
#include "support/temporary_directory.hpp"

namespace custdkim::test {

using backend::UnixConnector;
using backend::UnixSettings;

namespace {

UnixSettings at(const std::filesystem::path& path) {
    UnixSettings settings;
    settings.path = path;
    return settings;
}

// A socket of somebody else at this path.
Descriptor bound(const std::filesystem::path& path, int type = SOCK_STREAM) {
    Descriptor socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    const sockaddr_un address = unix_address(path);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return socket;
}

Descriptor listening(const std::filesystem::path& path, int backlog = 8) {
    Descriptor socket = bound(path);
    REQUIRE(::listen(socket.get(), backlog) == 0);
    return socket;
}

struct stat look_at(const std::filesystem::path& path) {
    struct stat info {};
    REQUIRE(::lstat(path.c_str(), &info) == 0);
    return info;
}

}  // namespace

TEST_CASE("A socket that a crash left behind is replaced") {
    const TemporaryDirectory directory;
    const auto path = directory / "pdns.sock";
    const int type = GENERATE(SOCK_STREAM, SOCK_DGRAM);
    { const Descriptor gone = bound(path, type); }
    REQUIRE(std::filesystem::exists(path));
    const Zones zones = fixed_zones();
    const auto connector = UnixConnector::start(at(path), {zones}).value();
    CHECK(Client(path).ask(hello) == hello_reply);
}

TEST_CASE("A socket on which another connector answers is left to it") {
    const TemporaryDirectory directory;
    const auto path = directory / "pdns.sock";
    const Zones zones = fixed_zones();
    const auto first = UnixConnector::start(at(path), {zones}).value();
    const auto second = UnixConnector::start(at(path), {zones});
    REQUIRE(second.has_error());
    CHECK(second.error().code == Errc::busy);
    CHECK(second.error().detail == "another process already answers on the socket " + path.string());
    CHECK(Client(path).ask(hello) == hello_reply);
}

TEST_CASE("A socket whose owner is too busy to answer is left to it") {
    const TemporaryDirectory directory;
    const auto path = directory / "pdns.sock";
    const Descriptor theirs = listening(path, 0);
    const Descriptor waiting(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));  // fills their queue
    const sockaddr_un address = unix_address(path);
    REQUIRE(::connect(waiting.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    CHECK(backend::listen_on(at(path)).error().code == Errc::busy);
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("A live socket of another kind is left alone") {
    const TemporaryDirectory directory;
    const auto path = directory / "log";
    const Descriptor theirs = bound(path, SOCK_DGRAM);
    const auto before = look_at(path).st_ino;
    const auto refused = backend::listen_on(at(path));
    REQUIRE(refused.has_error());
    CHECK(refused.error().detail.starts_with("cannot use the socket " + path.string() + ": "));
    CHECK(look_at(path).st_ino == before);
}

TEST_CASE("A live socket that this user may not connect to is left alone") {
    if (::geteuid() != 0) {
        WARN("not tested: only root has a socket that others may not use");
        return;
    }
    const TemporaryDirectory directory;
    const auto path = directory / "pdns.sock";
    const Descriptor theirs = listening(path);
    std::filesystem::permissions(path, std::filesystem::perms(0600));
    std::filesystem::permissions(directory.path(), std::filesystem::perms(0777));
    const auto before = look_at(path).st_ino;
    Child child([&](auto say) {
        constexpr uid_t nobody = 65534;
        if (::setuid(nobody) != 0) return;
        const auto listener = backend::listen_on(at(path));
        say(listener ? "took it" : listener.error().detail);
    });
    CHECK(child.hear_all() == "cannot use the socket " + path.string() + ": Permission denied");
    CHECK(look_at(path).st_ino == before);
}

TEST_CASE("What is no socket is never replaced") {
    const TemporaryDirectory directory;
    const auto path = directory / "pdns.sock";
    SECTION("a file") { std::ofstream(path) << "precious"; }
    SECTION("a directory") { std::filesystem::create_directory(path); }
    SECTION("a link that leads nowhere") { std::filesystem::create_symlink("nowhere", path); }
    const auto before = look_at(path).st_ino;
    const auto refused = backend::listen_on(at(path));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::invalid);
    CHECK(refused.error().detail ==
          path.string() + " is not a socket; move it away, or set another [backend] unix");
    CHECK(look_at(path).st_ino == before);
}

TEST_CASE("A path is as long as the kernel allows and no longer") {
    const TemporaryDirectory directory;
    const auto path_of = [&](std::size_t length) {
        return directory / std::string(length - directory.path().string().size() - 1, 'x');
    };
    constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    CHECK(backend::listen_on(at(path_of(longest))).has_value());
    for (const auto& path : {path_of(longest + 1), path_of(500), std::filesystem::path()}) {
        const auto refused = backend::listen_on(at(path));
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == Errc::invalid);
        CHECK(refused.error().detail ==
              "the socket path '" + path.string() + "' must have 1 to 107 characters");
    }
}

TEST_CASE("A directory that is not there is a sentence") {
    const TemporaryDirectory directory;
    const auto path = directory / "missing/pdns.sock";
    const auto refused = backend::listen_on(at(path));
    REQUIRE(refused.has_error());
    CHECK(refused.error().detail ==
          "cannot bind the socket " + path.string() + ": No such file or directory");
}

TEST_CASE("The socket has the mode and the owner that were set whatever the umask") {
    const TemporaryDirectory directory;
    const auto path = directory / "pdns.sock";
    auto settings = at(path);
    settings.mode = GENERATE(0600, 0660, 0666);
    const bool root = ::geteuid() == 0;
    settings.group = root ? 65534 : ::getegid();
    if (root) settings.owner = 65533;
    const mode_t before = ::umask(0077);
    const auto listener = backend::listen_on(settings);
    ::umask(before);
    REQUIRE(listener.has_value());
    const auto info = look_at(path);
    CHECK((info.st_mode & 07777) == settings.mode);
    CHECK(info.st_gid == *settings.group);
    CHECK(info.st_uid == settings.owner.value_or(::geteuid()));
}

TEST_CASE("An owner that may not be set is a sentence and not a socket for anybody") {
    if (::geteuid() == 0) {
        SUCCEED("root may set any owner");
        return;
    }
    const TemporaryDirectory directory;
    auto settings = at(directory / "pdns.sock");
    settings.owner = 0;
    const auto refused = backend::listen_on(settings);
    REQUIRE(refused.has_error());
    CHECK(refused.error().detail.starts_with("cannot set the owner of the socket "));
}

TEST_CASE("The listener is not inherited by programs that we start") {
    const TemporaryDirectory directory;
    const auto listener = backend::listen_on(at(directory / "pdns.sock")).value();
    CHECK((::fcntl(listener.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

}  // namespace custdkim::test
