// What zone files tell of a zone: names in canonical order (RFC 4034 section 6.1), the empty non-terminals
// among them (RFC 8020), and which of it is authoritative (RFC 4035 section 2.2): PowerDNS, which asks for
// records and signs them, does not know. Immutable, and so thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "dns/record.hpp"
#include "zone/chain.hpp"
#include "zone/record_sink.hpp"

namespace custdkim {

struct ZoneRecord {
    std::string type;
    std::uint32_t ttl_seconds = 0;
    std::string content;

    bool operator==(const ZoneRecord&) const = default;
};

enum class Standing {
    authoritative,
    delegation,  // has NS records, and is not the apex
    occluded,    // below a delegation
};

struct ZoneName {
    dns::Name owner;
    std::string order;                // dns::order_key() of the relative name
    std::vector<ZoneRecord> records;  // none: an empty non-terminal, or an apex that has others elsewhere
    Standing standing = Standing::authoritative;
    bool is_secure = false;                // a delegation with DS records
    bool has_authoritative_below = false;  // data that is not occluded, itself not counted
    bool has_secure_below = false;         // a secure delegation

    bool is_apex() const { return order.empty(); }
    bool is_empty_non_terminal() const { return records.empty() && !is_apex(); }
    bool is_authoritative(std::string_view type) const;

    bool operator==(const ZoneName&) const = default;
};

// The name has a link in the chain.
bool is_linked(const ZoneName& name, Chain chain);

// A question for `type`, or "ANY", is for records of this type.
bool wants(std::string_view type, std::string_view record_type);

// What look-ups tell of a name. With NSEC3, but for opt-out, empty non-terminals are all authoritative: each
// has a record of its own.
void add_records(const ZoneName& name, std::string_view type, std::uint32_t empty_ttl_seconds, Chain chain,
                 RecordSink& sink);

class ZoneContents {
  public:
    const ZoneName* find(std::string_view relative) const;
    const std::vector<ZoneName>& names() const { return names_; }  // the apex is first, and always there
    std::string_view relative(const ZoneName& name) const;
    std::size_t record_count() const { return record_count_; }

    // The name that `order` belongs or would belong to, among those linked to an NSEC chain: the last that is
    // at or before it, and the first behind it, which is null at the end.
    struct Around {
        const ZoneName* before;
        const ZoneName* after;
    };
    Around around(std::string_view order) const;

    bool operator==(const ZoneContents& other) const { return names_ == other.names_; }

  private:
    friend class ZoneBuilder;
    ZoneContents(const dns::Name& zone, std::vector<ZoneName> names);

    std::size_t zone_length_;
    std::vector<ZoneName> names_;
    std::vector<std::uint32_t> linked_;  // to an NSEC chain
    std::unordered_map<std::string_view, std::uint32_t> by_relative_;
    std::size_t record_count_ = 0;
};

// Takes records in any order. Equal ones count once (RFC 2181 section 5). Not thread-safe.
class ZoneBuilder {
  public:
    explicit ZoneBuilder(dns::Name zone);

    // Refuses what is outside the zone, a CNAME beside other data or at the apex (RFC 1034 section 3.6.2, RFC
    // 2181 section 10.1), a second CNAME or DNAME (RFC 6672 section 2.4) of a name.
    Result<void> add(dns::Record record);

    ZoneContents finish() &&;

  private:
    struct Draft {
        ZoneName name;
        std::optional<std::string> cname, dname;
        bool has_others = false;
    };
    Result<void> check_alias(Draft& draft, const dns::Record& record) const;

    const dns::Name zone_;
    std::unordered_map<std::string, Draft> drafts_;  // by relative name
};

}  // namespace custdkim
