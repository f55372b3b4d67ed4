// There is a CNAME, and it leads elsewhere. Going by its letters alone (the fix is the same whoever typed
// it).
#include <algorithm>
#include <array>

#include "activation/record_reading.hpp"
#include "activation/rules.hpp"
#include "dns/server_address.hpp"

namespace custdkim::activation {

using dns::Name;
using dns::QuestionType;

namespace {

using Found = std::optional<Diagnosis>;

// The target that is published; of several servers' the first that is wrong.
std::optional<Name> published(const Evidence& evidence) {
    for (const ServerFacts& facts : evidence.servers) {
        if (facts.standing == Standing::wrong && !facts.targets.empty()) return facts.targets.front();
    }
    if (!evidence.telling().empty() || !evidence.world.cname) return std::nullopt;
    const auto hops = next_hops(evidence.subject.slot.owner, *evidence.world.cname);
    if (hops.size() != 1 || *hops.begin() == evidence.subject.slot.target) return std::nullopt;
    return *hops.begin();
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Diagnosis wrong(const Evidence& evidence, const std::string& cause, const Name& seen, const std::string& fix,
                std::vector<std::string> also = {}) {
    return {Weight::fault, cause, std::move(also),
            "the CNAME at " + evidence.subject.slot.owner.text() + " points to " +
                (seen.is_root() ? "the root" : seen.text()),
            fix};
}

std::string point_to(const Evidence& evidence) {
    return "Point " + evidence.subject.slot.owner.text() + " to " + evidence.subject.slot.target.text();
}

Found loop(const Evidence& evidence) {
    if (evidence.chain.flaw != Chain::Flaw::circle) return std::nullopt;
    return wrong(evidence, "cname-loop",
                 evidence.chain.names.size() > 1 ? evidence.chain.names[1] : evidence.subject.slot.owner,
                 "The CNAMEs lead in a circle. " + point_to(evidence) + ".");
}

Found too_long(const Evidence& evidence) {
    if (evidence.chain.flaw != Chain::Flaw::too_long) return std::nullopt;
    return wrong(evidence, "chain-too-long", evidence.chain.names.at(1),
                 point_to(evidence) + " straight; resolvers give up on a chain of more than " +
                     std::to_string(longest_chain) + " names.");
}

Found empty(const Evidence& evidence) {
    const auto seen = published(evidence);
    if (!seen || !seen->is_root()) return std::nullopt;
    return wrong(evidence, "empty-target", *seen, "The CNAME points nowhere. " + point_to(evidence) + ".");
}

bool is_address(const std::string& text) {
    const auto only = [&text](std::string_view allowed) {
        return text.find_first_not_of(allowed) == std::string::npos;
    };
    return (only("0123456789.") && std::count(text.begin(), text.end(), '.') == 3) ||
           (only("0123456789abcdef:") && contains(text, ":"));
}

Found address(const Evidence& evidence) {
    const auto seen = published(evidence);
    if (!seen || !is_address(seen->text())) return std::nullopt;
    return wrong(evidence, "address-as-target", *seen,
                 "A CNAME points to a name, not to an address. " + point_to(evidence) + ".");
}

Found quoted(const Evidence& evidence) {
    const auto seen = published(evidence);
    if (!seen || (!contains(seen->text(), "\"") && !contains(seen->text(), "\\034"))) return std::nullopt;
    return wrong(evidence, "quoted-target", *seen,
                 "Enter the target without quotes: " + evidence.subject.slot.target.text() + ".");
}

Found url(const Evidence& evidence) {
    const auto seen = published(evidence);
    if (!seen || !(contains(seen->text(), "//") || contains(seen->text(), "http:"))) return std::nullopt;
    return wrong(evidence, "url-as-target", *seen,
                 "Enter the target as a name, without http:// or https://: " +
                     evidence.subject.slot.target.text() + ".");
}

Found space(const Evidence& evidence) {
    const auto seen = published(evidence);
    if (!seen || !(contains(seen->text(), "\\032") || contains(seen->text(), " ") ||
                   contains(seen->text(), "\\009") || contains(seen->text(), "\\194\\160"))) {
        return std::nullopt;
    }
    return wrong(evidence, "space-in-target", *seen,
                 "There is a space in the target. Enter it again without: " +
                     evidence.subject.slot.target.text() + ".");
}

Found escaped(const Evidence& evidence) {
    const auto seen = published(evidence);
    if (!seen || !contains(seen->text(), "\\")) return std::nullopt;
    return wrong(evidence, "escaped-target", *seen,
                 "There are characters in the target that do not belong there. Enter it again: " +
                     evidence.subject.slot.target.text() + ".");
}

// The provider appends the zone to what has no dot at its end.
Found dot_missing(const Evidence& evidence) {
    const auto seen = published(evidence);
    const std::string& target = evidence.subject.slot.target.text();
    if (!seen || seen->text().size() <= target.size() + 1 || !seen->text().starts_with(target + ".")) {
        return std::nullopt;
    }
    const auto appended = Name::parse(seen->text().substr(target.size() + 1));
    if (!appended || !evidence.subject.slot.owner.relative_to(*appended)) return std::nullopt;
    return wrong(evidence, "dot-missing", *seen,
                 "The domain was appended to the target. Put a dot after it: \"" + target +
                     ".\"; if the form does not take that, look for a switch to enter an absolute name.");
}

// A name that nobody can have published has the same CNAME.
Found wildcard(const Evidence& evidence) {
    const auto seen = published(evidence);
    const dns::Answer* const answer = evidence.best(evidence.sibling, QuestionType::cname);
    if (!seen || !answer) return std::nullopt;
    const auto hops = next_hops(evidence.sibling, *answer);
    if (hops.size() != 1 || *hops.begin() != *seen) return std::nullopt;
    return wrong(
        evidence, "wildcard-cname", *seen,
        "A wildcard answers for every name there. Publish the CNAME itself: " + point_to(evidence) + ".");
}

Found other_selectors(const Evidence& evidence) {
    const auto seen = published(evidence);
    if (!seen) return std::nullopt;
    for (const SlotNames& other : evidence.subject.others) {
        if (other.target != *seen) continue;
        const dns::Answer* const theirs = evidence.best(other.owner, QuestionType::cname);
        const bool swapped = theirs && next_hops(other.owner, *theirs).contains(evidence.subject.slot.target);
        const std::string both =
            point_to(evidence) + ", and " + other.owner.text() + " to " + other.target.text();
        return wrong(
            evidence, swapped ? "targets-swapped" : "other-selectors-target", *seen,
            (swapped ? "The two targets are swapped. " : "That is the target of the other selector. ") +
                both + ".");
    }
    return std::nullopt;
}

Found without_selector(const Evidence& evidence) {
    const auto seen = published(evidence);
    const auto& target = evidence.subject.slot.target;
    if (!seen || seen->is_root()) return std::nullopt;
    const auto missing = target.relative_to(*seen);
    if (!missing || missing->empty()) return std::nullopt;
    return wrong(
        evidence, "target-without-key", *seen,
        "The beginning of the target is missing: " + std::string(*missing) + ". " + point_to(evidence) + ".");
}

Found typo(const Evidence& evidence) {
    const auto seen = published(evidence);
    constexpr std::size_t slips = 2;
    const std::string& target = evidence.subject.slot.target.text();
    if (!seen || edit_distance(seen->text(), target, slips) > slips) return std::nullopt;
    return wrong(evidence, "target-typo", *seen,
                 "The target is misspelt. Correct it to " + target + "; copying is safer than typing.",
                 {"target-typo", "old-target"});
}

// Into our zone, to somebody else's label.
Found old_target(const Evidence& evidence) {
    const auto seen = published(evidence);
    if (!seen) return std::nullopt;
    const auto labels_up = dns::parent(dns::parent(evidence.subject.slot.target.text()));
    const auto suffix = Name::parse(labels_up);
    const bool is_ours = suffix && !suffix->is_root() && seen->relative_to(*suffix).has_value();
    return wrong(
        evidence, is_ours ? "old-target" : "other-target", *seen,
        is_ours ? "The target that is published belongs to another key, or to one that has been deleted. "
                  "Copy it as it is shown now: " +
                      evidence.subject.slot.target.text() + "."
                : "The CNAME leads to another service. " + point_to(evidence) +
                      ", or create the key with selectors that are not in use.",
        is_ours ? std::vector<std::string>{"old-target", "target-typo", "two-cnames", "edit-not-loaded"}
                : std::vector<std::string>{});
}

constexpr std::array rules{
    Rule{"cname-loop", loop},
    Rule{"chain-too-long", too_long},
    Rule{"empty-target", empty},
    Rule{"address-as-target", address},
    Rule{"quoted-target", quoted},
    Rule{"url-as-target", url},
    Rule{"space-in-target", space},
    Rule{"dot-missing", dot_missing},
    Rule{"escaped-target", escaped},
    Rule{"wildcard-cname", wildcard},
    Rule{"other-selectors-target targets-swapped", other_selectors},
    Rule{"target-without-key", without_selector},
    Rule{"target-typo", typo},
    Rule{"old-target other-target", old_target},
};

}  // namespace

std::span<const Rule> target_rules() { return rules; }

}  // namespace custdkim::activation
