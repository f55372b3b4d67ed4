#include "activation/resolved_customer_dns.hpp"

#include <exception>

#include "activation/verdict.hpp"
#include "keys/key_record.hpp"

namespace custdkim {

namespace {

// Older pairs, and "p=", which every slot may have begun with.
std::vector<std::string> former_texts(const Key& key, const Slot& slot, const std::string& now) {
    std::vector<std::string> texts{key_record_text(key.type, {})};
    for (const Pair& pair : slot.pairs) texts.push_back(key_record_text(key.type, pair.public_key));
    std::erase(texts, now);
    return texts;
}

// The pair whose public key the record shows; 0 if it shows none.
unsigned shown_pair(const Slot& slot) {
    const Pair* const pair = slot.published();
    return pair && !pair->revoked_at && pair->revealed.empty() ? pair->number : 0;
}

}  // namespace

SlotLook ResolvedCustomerDns::look(const Key& key, const Slot& slot) {
    const auto owner = dns::Name::parse(customer_name(key, slot));
    const auto target = dns::Name::parse(record_name(key, slot));
    if (!owner || !target) {
        const Error& error = owner ? target.error() : owner.error();
        return {{Outcome::unknown, "could-not-tell", error.detail, "", {}}, 0};
    }
    const std::string text = slot_record_text(key, slot);
    Seen seen{ask(*owner, dns::QuestionType::cname), Error{}};
    // Who keeps silent once would only cost another deadline.
    seen.txt = seen.cname ? ask(*owner, dns::QuestionType::txt) : seen.cname;
    Finding finding = verdict({*owner, *target, text, former_texts(key, slot, text)}, seen);
    const unsigned pair = finding.outcome == Outcome::pass ? shown_pair(slot) : 0;
    return {std::move(finding), pair};
}

Result<dns::Answer> ResolvedCustomerDns::ask(const dns::Name& name, dns::QuestionType type) {
    try {
        return resolver_.ask(name, type);
    } catch (const std::exception& e) {  // it would end the program in a thread of the rotator's
        return Error{Errc::internal, e.what()};
    }
}

}  // namespace custdkim
