// Copies of a SQLite store, as backups are: made while it serves, looked at, and made ready to be served
// again. Every function opens connections of its own. What is sealed in the store is sealed in its copies.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "dns/name.hpp"
#include "keys/key_pair.hpp"
#include "keys/serial.hpp"

namespace custdkim {

struct CopiedZone {
    dns::Name name;
    Serial serial = 0;
    std::uint64_t keys = 0;
};

struct CopyContents {
    int schema = 0;
    std::uint64_t keys = 0, labels = 0, events = 0;
    std::optional<Timestamp> as_of;  // when it was made; of a copy that others made: its newest event
    std::vector<CopiedZone> zones;
};

// The store as it is at one moment, while others write into it; open for reading, without a name: nothing of
// it stays when it is closed. Needs as much room as the store, in its directory. One at a time for each
// store: the caller sees to that.
Result<Descriptor> copy_store(const std::filesystem::path& store, Timestamp now);

// Removes what a copy_store() has left that was killed.
void remove_unfinished_copy(const std::filesystem::path& store);

// Reads all of a copy. `corrupt` where anything in it is not as it must be, `conflict` where a custdkim of
// another schema has written it.
Result<CopyContents> inspect_copy(const std::filesystem::path& file);

// What a copy becomes when it is served again in the place of the store that it was made of.
struct Revival {
    Timestamp now{};
    std::string actor;                 // for the audit log
    std::optional<Serial> above = {};  // the highest serial that is known to have been shown
    // May refuse. Given what is in it, and its note of the master key.
    std::function<Result<void>(const CopyContents&, const std::optional<Bytes>& master_key_check)> check;
};

struct Revived {
    CopyContents contents;     // with the serials as they are now
    std::string label_prefix;  // of labels from now on (keys/label_prefix.hpp)
};

// Makes `copy` the store at `target`, in one step, or refuses and changes nothing. A copy of an older schema
// is brought up to date. `conflict` where there is a store; `busy` where one is served. Killed at any moment
// it leaves `target` whole or not there.
Result<Revived> revive_store(const std::filesystem::path& copy, const std::filesystem::path& target,
                             const Revival& revival);

}  // namespace custdkim
