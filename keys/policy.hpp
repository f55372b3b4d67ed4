// When keys rotate, and in what world that must be safe. Every number that rotation depends on is here; a
// policy that cannot keep R2 and R3 is refused at start, by the inequality that fails. Plain values.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "dns/name.hpp"

namespace custdkim {

// What the slots that do not sign publish while they wait: a pair that stands by, or "p=".
enum class AlternateAtCreation { standby, placeholder };

// What becomes of a retired pair's record when no mail can need it any more.
enum class RetiredRecord { keep, revoke, publish_private_key };

// What becomes of a key that was held for `max_hold`.
enum class AfterMaxHold { keep_holding, sign_anyway, deactivate };

std::string_view to_string(AlternateAtCreation value);
std::string_view to_string(RetiredRecord value);
std::string_view to_string(AfterMaxHold value);
Result<AlternateAtCreation> parse_alternate_at_creation(std::string_view text);
Result<RetiredRecord> parse_retired_record(std::string_view text);
Result<AfterMaxHold> parse_after_max_hold(std::string_view text);

struct RotationPolicy {
    Duration interval = std::chrono::days(30);   // each pair signs for this long
    Duration prepublish = std::chrono::days(5);  // visible this long before it signs (R2)
    Duration retention = std::chrono::days(25);  // its record stays this long after its last signature (R3)
    Duration jitter{0};                          // each cycle of each key is longer by up to this
    unsigned slots = 2;                          // 2 or 3

    AlternateAtCreation alternate_at_creation = AlternateAtCreation::standby;
    RetiredRecord retired = RetiredRecord::keep;
    Duration destroy_private_key_after{0};  // since the last signature of a pair that was replaced
    bool revoke_compromised = true;         // at once when signing has moved away from it

    Duration verified_within = std::chrono::hours(1);  // how old a pass may be when signing moves (R4)
    Duration recheck = std::chrono::minutes(15);       // between looks at the DNS of a customer that fails
    Duration watch = std::chrono::days(1);             // between looks at one that passes; 0: no looks
    unsigned failing_looks = 3;                       // a failure of an active key counts after so many looks
    Duration failing_for = std::chrono::minutes(30);  // ... over so long a time
    Duration max_hold = std::chrono::days(60);
    AfterMaxHold after_max_hold = AfterMaxHold::keep_holding;

    // The world.
    Duration ttl = std::chrono::minutes(5);                 // of key records
    Duration negative_ttl = std::chrono::minutes(5);        // of our zone
    Duration customer_negative_ttl = std::chrono::days(1);  // of customers' zones (RFC 2308 section 5)
    Duration stale = std::chrono::days(3);                  // answers served past their TTL (RFC 8767)
    Duration transit = std::chrono::days(5);                // of mail (RFC 5321 section 4.5.4.1)

    bool operator==(const RotationPolicy&) const = default;
};

// The policies of the key zones; what it returns stays.
using PolicyOf = std::function<const RotationPolicy&(const dns::Name& zone)>;

// How long after a change of a record no cache can hold what was there before.
Duration settle_time(const RotationPolicy& policy);

// The least that any record must outlive the last signature of its pair.
Duration shortest_retention(const RotationPolicy& policy);

// An inequality that keeps mail verifiable, and how far the policy is from breaking it.
struct Margin {
    std::string_view keeps;  // "R2"
    std::string_view rule;   // "retention >= transit + ttl + stale": value, then bound
    Duration value{}, bound{};
    bool holds = false;
};

std::vector<Margin> margins(const RotationPolicy& policy);

// One sentence for each inequality that does not hold, with its numbers. Empty: the policy is sound.
std::vector<std::string> broken_inequalities(const RotationPolicy& policy);

}  // namespace custdkim
