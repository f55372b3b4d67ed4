// SQLite stores on disks that are full and in directories that may not be written.
#include <catch2/catch.hpp>

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>

#include "sqlite_file.hpp"
#include "support/child.hpp"

namespace custdkim::test {

namespace {

// For children, which cannot use Catch: throws where CHECK would complain.
void demand(bool holds, const std::string& what) {
    if (!holds) throw std::logic_error(what);
}

// Inserts keys from `number` on until that fails, and returns the failure.
Error fill(World& world, int& number) {
    for (;; ++number) {
        const Key key = numbered_key(number);
        const auto done = world.insert(key);
        if (!done) return done.error();
    }
}

// The whole story of a disk that gets full and is given room again. Returns what the store said.
template <typename MakeRoom>
Error full_disk_story(const std::filesystem::path& file, MakeRoom make_room) {
    int number = 0;
    Error error;
    {
        SqliteFile world(file);
        error = fill(world, number);
        demand(number > 0, "nothing fitted: " + error.detail);
        const Serial serial = world.zone().serial;
        const auto changed = world.commit({change_to(numbered_key(0)), change_to(numbered_key(0))});
        demand(world.get(numbered_key(0).id).version == (changed ? 2U : 1U),
               "a commit was neither made nor refused");
        demand(fill(world, number).code == error.code, "it failed otherwise the second time");
        demand(world.count() == static_cast<std::uint64_t>(number), "a refused key is there");
        for (int i = 0; i < number; ++i) demand(world.get(numbered_key(i).id).id != "", "a key is lost");
        demand(world.zone().serial == serial, "a refused key moved the serial");
        make_room();
        world.put(numbered_key(number), new_year());  // the labels of the refused key were not used up
        demand(world.zone().serial > serial, "the serial did not move");
    }
    SqliteFile world(file);
    demand(world.count() == static_cast<std::uint64_t>(number) + 1, "not all was there after a restart");
    for (int i = 1; i <= number; ++i) {
        demand(world.get(numbered_key(i).id) == numbered_key(i), "a key has changed");
        demand(world.store().private_key(numbered_key(i).id, 2).value().has_value(), "a private key is lost");
    }
    return error;
}

// Mounts a disk of 600 KiB that only this process sees.
bool mount_small_disk(const std::filesystem::path& at) {
    return ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("none", at.c_str(), "tmpfs", 0, "size=600k") == 0;
}

bool is_root() { return ::geteuid() == 0; }

// Gives up root's rights, which no mode of a file would stop.
void become_nobody() {
    constexpr uid_t nobody = 65534;
    if (!is_root()) return;
    demand(::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0, "still root");
}

void set_mode(const std::filesystem::path& file, unsigned mode) {
    std::filesystem::permissions(file, static_cast<std::filesystem::perms>(mode));
}

}  // namespace

TEST_CASE("A store on a full disk refuses to grow and loses nothing and goes on when there is room") {
    const TemporaryDirectory directory;
    Child child([&](auto say) {
        if (!mount_small_disk(directory.path())) {
            say("cannot mount");
            return;
        }
        write_file(directory / "ballast", std::string(200000, 'x'));
        const Error error =
            full_disk_story(directory / "keys.db", [&] { std::filesystem::remove(directory / "ballast"); });
        say(std::string(to_string(error.code)) + ": " + error.detail);
    });
    const std::string said = child.hear_all();
    if (said == "cannot mount") {
        WARN("not tested: this user cannot mount a small disk");
        return;
    }
    CHECK(said == "no-space: the store " + (directory / "keys.db").string() +
                      " cannot grow: the disk is full; nothing was changed, free some space and try again");
}

TEST_CASE("A store whose file may not grow further says so and loses nothing and goes on when it may") {
    const TemporaryDirectory directory;
    Child child([&](auto say) {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{};
        ::getrlimit(RLIMIT_FSIZE, &limit);
        const auto set_limit = [&](rlim_t size) {
            limit.rlim_cur = size;
            demand(::setrlimit(RLIMIT_FSIZE, &limit) == 0, "no limit");
        };
        set_limit(400000);
        const Error error = full_disk_story(directory / "keys.db", [&] { set_limit(limit.rlim_max); });
        say(std::string(to_string(error.code)) + ": " + error.detail);
    });
    CHECK(child.hear_all() == "unavailable: the store " + (directory / "keys.db").string() +
                                  " cannot be read or written (disk I/O error); check the disk");
}

TEST_CASE("A store in a directory that this user may not write gets a sentence") {
    const TemporaryDirectory directory;
    const bool there_already = GENERATE(false, true);
    if (there_already) SqliteFile(directory / "keys.db").put(sample_key("k1", {"aaaaaa"}));
    set_mode(directory.path(), 0555);
    Child child([&](auto say) {
        become_nobody();
        const Error error = first_error(directory / "keys.db");
        say(std::string(to_string(error.code)) + ": " + error.detail);
    });
    const std::string said = child.hear_all();
    set_mode(directory.path(), 0755);
    CHECK(said.starts_with("unavailable: the store " + (directory / "keys.db").string() +
                           " cannot be opened: "));
    CHECK(said.ends_with("check that its directory exists and may be written by this user"));
}

TEST_CASE("A store in a file that this user may not write is refused at once") {
    const TemporaryDirectory directory;
    SqliteFile(directory / "keys.db").put(sample_key("k1", {"aaaaaa"}));
    std::filesystem::remove(directory / "keys.db.lock");
    const unsigned mode = GENERATE(0444, 0000);
    set_mode(directory / "keys.db", mode);
    set_mode(directory.path(), 0777);
    Child child([&](auto say) {
        become_nobody();
        const auto store = SqliteStore::open(directory / "keys.db");
        say(store ? "opened" : std::string(to_string(store.error().code)) + ": " + store.error().detail);
    });
    const std::string said = child.hear_all();
    CHECK(said.starts_with("unavailable: the store " + (directory / "keys.db").string() + " cannot be "));
    CHECK(said.find("this user") != std::string::npos);
}

}  // namespace custdkim::test
