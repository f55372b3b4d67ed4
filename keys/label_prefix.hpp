// R8 across restores. A store that was restored does not know which labels were issued after its backup was
// taken. From then on labels begin with the number of restores in front of what is drawn: none of them can be
// one of those, nor one that was issued after another restore. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "keys/key_pair.hpp"

namespace custdkim {

inline constexpr std::string_view restores_note = "restores";  // Store::note(): how often, in decimal

inline constexpr std::size_t most_restores =
    36 * 36 - 1;  // two characters; the zone's index has room for no more

// What the note says. `corrupt` where nobody can read it.
Result<std::size_t> restores_in(const std::optional<Bytes>& note);

// "" for a store that never was restored, "1", ..., "z", "10", ..., "zz".
std::string label_prefix(std::size_t restores);

}  // namespace custdkim
