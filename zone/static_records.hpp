// The configured records of a zone: read once, then only looked at. Thread-safe, being constant.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dns/record.hpp"

namespace custdkim {

class StaticRecords {
  public:
    // Checks what would break the zone, and finds the empty non-terminals (RFC 8020).
    static Result<StaticRecords> make(const dns::Name& zone, std::vector<dns::Record> records);

    // The records at this name, none for an empty non-terminal; nullptr where there is no such name.
    const std::vector<dns::Record>* find(std::string_view relative) const;

    bool is_reserved(std::string_view label) const { return labels_.contains(label); }

    using Names = std::map<std::string, std::vector<dns::Record>, std::less<>>;
    const Names& names() const { return names_; }

  private:
    Names names_;                                // relative to the zone
    std::set<std::string, std::less<>> labels_;  // directly below the apex
};

}  // namespace custdkim
