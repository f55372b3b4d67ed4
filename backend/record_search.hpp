// The search of PowerDNS's HTTP API, as its SQL backends have it: a pattern with * and ? that a record's
// whole name or whole content matches, whatever the letter case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backend/record_json.hpp"
#include "zone/served_zone.hpp"

namespace custdkim::backend {

inline constexpr std::size_t longest_pattern = 512;

// `pattern` in lower case. Time in proportion to the product of both lengths at worst.
bool matches(std::string_view text, std::string_view pattern);

// Goes through zones, one after the other, and writes the records that match. Not thread-safe.
class RecordSearch final : public RecordSink {
  public:
    // Writes `most` records, and then wants no more.
    RecordSearch(Reply& reply, std::string_view pattern, std::uint64_t most);

    // What comes next is of this zone.
    void enter(const ServedZone& zone) { records_.enter(zone.id()); }

    void add(const RecordView& record) override;
    void between_batches() override { records_.between_batches(); }
    bool is_full() const override { return left_ == 0; }

  private:
    RecordJson records_;
    std::string pattern_;
    std::uint64_t left_;
};

}  // namespace custdkim::backend
