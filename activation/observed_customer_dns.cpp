#include "activation/observed_customer_dns.hpp"

#include <exception>

#include "keys/key_record.hpp"

namespace custdkim {

namespace {

using activation::SlotNames;
using activation::Subject;

// Older pairs, and "p=", which every slot may have begun with.
std::vector<std::string> former_texts(const Key& key, const Slot& slot, const std::string& now) {
    std::vector<std::string> texts{key_record_text(key.type, {})};
    for (const Pair& pair : slot.pairs) texts.push_back(key_record_text(key.type, pair.public_key));
    std::erase(texts, now);
    return texts;
}

Result<SlotNames> names_of(const Key& key, const Slot& slot) {
    const auto owner = dns::Name::parse(customer_name(key, slot));
    if (!owner) return owner.error();
    const auto target = dns::Name::parse(record_name(key, slot));
    if (!target) return target.error();
    return SlotNames{*owner, *target};
}

// The pair whose public key the record shows; 0 if it shows none.
unsigned shown_pair(const Slot& slot) {
    const Pair* const pair = slot.published();
    return pair && !pair->revoked_at && pair->revealed.empty() ? pair->number : 0;
}

Finding could_not_tell(std::string detail) {
    return {Outcome::unknown, "could-not-tell", std::move(detail), "", {}};
}

}  // namespace

SlotLook ObservedCustomerDns::look(const Key& key, const Slot& slot) {
    const auto names = names_of(key, slot);
    if (!names) return {could_not_tell(names.error().detail), 0};
    Subject subject;
    subject.domain = key.domain;
    subject.selector = slot.selector;
    subject.slot = *names;
    subject.text = slot_record_text(key, slot);
    subject.former = former_texts(key, slot, *subject.text);
    for (const Slot& other : key.slots) {
        const auto theirs = names_of(key, other);
        if (theirs && other.selector != slot.selector) subject.others.push_back(*theirs);
    }
    try {
        Finding finding = diagnostician_.look(subject);
        const unsigned pair = finding.outcome == Outcome::pass ? shown_pair(slot) : 0;
        return {std::move(finding), pair};
    } catch (const std::exception& e) {  // it would end the program in a thread of the rotator's
        return {could_not_tell(e.what()), 0};
    }
}

}  // namespace custdkim
