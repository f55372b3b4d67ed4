// Some of all keys, oldest first: of all organisations, and of each. What pages are made of; a page costs the
// same however many keys are on the roll, or go and come between two pages. Not thread-safe.
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace custdkim {

// A key's place among the others, which it keeps.
struct RollPlace {
    Timestamp created_at{};
    std::string id;

    auto operator<=>(const RollPlace&) const = default;
};

// As the cursor of a list, and back.
std::string to_cursor(const RollPlace& place);
Result<RollPlace> read_place(std::string_view cursor);  // "": before all

class KeyRoll {
  public:
    void enter(const std::string& org, const RollPlace& place);
    void strike(const std::string& org, const RollPlace& place);

    // Up to `limit` of them behind a place, whose key may be gone. `org` "": of all organisations.
    std::vector<RollPlace> behind(const RollPlace& place, std::string_view org, std::size_t limit) const;

  private:
    std::map<std::string, std::set<RollPlace>, std::less<>> of_;  // by organisation; "": all
};

}  // namespace custdkim
