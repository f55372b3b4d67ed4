// All misconfigurations: those that the program was built with, or as read from a folder. What is wrong with
// a file is refused with file, line and reason, and with all of its problems at once, a line each. Immutable
// once read.
#pragma once

#include <string_view>

#include "lab/catalogue/misconfiguration.hpp"
#include "lab/catalogue/placeholders.hpp"

namespace custdkim::lab {

class Catalogue {
  public:
    explicit Catalogue(std::vector<Misconfiguration> all);

    static const Catalogue& built_in();
    static Result<Catalogue> read(const std::filesystem::path& folder);
    // One file's text; `where` stands in messages.
    static Result<Misconfiguration> parse(std::string_view text, const std::string& where);

    const std::vector<Misconfiguration>& all() const { return all_; }  // by group, then id
    const Misconfiguration* find(std::string_view id) const;

  private:
    std::vector<Misconfiguration> all_;
};

}  // namespace custdkim::lab
