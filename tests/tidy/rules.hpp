// The house's rules about its sources, as functions of a file's path and text: each gives its complaints,
// "path:line: what is wrong". Pure functions, so that the tests can feed them what must not be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace custdkim::tidy {

struct Source {
    std::string path;  // from the root of the tree: "keys/key.hpp"
    std::string text;
};

using Complaints = std::vector<std::string>;

// Who may include whom; everybody may include base.
Complaints check_rooms(const Source& source);
// One external library, one home.
Complaints check_libraries(const Source& source);
// Time and chance come from base; tests do not sleep.
Complaints check_time_and_chance(const Source& source);
// Refused above 700 lines.
Complaints check_length(const Source& source);
std::size_t count_lines(const Source& source);
// A header begins with a comment and is included once.
Complaints check_header(const Source& source);
// Nothing unfinished, nothing of one machine.
Complaints check_leftovers(const Source& source);
// Two headers of one namespace that each define a type of the same name make a program that the linker puts
// together wrongly, without a word (the one definition rule).
Complaints check_unique_types(const std::vector<Source>& sources);

}  // namespace custdkim::tidy
