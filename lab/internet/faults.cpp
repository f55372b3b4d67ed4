#include "lab/internet/faults.hpp"

#include <algorithm>

#include "lab/wire/zone_text.hpp"

namespace custdkim::lab {

namespace {

template <typename T>
bool contains(const std::vector<T>& list, const T& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

Result<WireName> folded_name(const std::string& text, const Placeholders& placeholders) {
    if (text.empty()) return WireName();
    const auto filled = fill(text, placeholders);
    if (!filled) return filled.error();
    const auto name = wire_name(*filled);
    if (!name) return name.error();
    return fold_case(*name);
}

bool fits(const PreparedFault& fault, const Message& question, const WireName& folded, unsigned server,
          Transport transport, Duration age) {
    const ServerFault& rule = fault.rule;
    if (!rule.servers.empty() && !contains(rule.servers, server)) return false;
    if (!fault.types.empty() && !contains(fault.types, question.questions.front().type)) return false;
    if (rule.tcp && *rule.tcp != (transport == Transport::tcp)) return false;
    if (rule.edns && *rule.edns != question.edns.has_value()) return false;
    if ((rule.from && age < *rule.from) || (rule.until && age >= *rule.until)) return false;
    if (!fault.name.empty() && folded != fault.name) return false;
    return fault.under.empty() || is_at_or_below(folded, fault.under);
}

Result<PreparedFault> prepare_one(const ServerFault& rule, const Placeholders& placeholders,
                                  const WireName& origin, const std::string& where) {
    PreparedFault fault{rule, {}, {}, {}, {}, rcode::noerror, {}};
    const auto name = folded_name(rule.name, placeholders);
    if (!name) return name.error();
    const auto under = folded_name(rule.under, placeholders);
    if (!under) return under.error();
    const auto flatten = folded_name(rule.flatten.value_or(""), placeholders);
    if (!flatten) return flatten.error();
    fault.name = *name, fault.under = *under, fault.flatten = *flatten;
    for (const std::string& text : rule.types) {
        const auto type = parse_type(text);
        if (!type) return invalid(where + ": '" + text + "' is no type of record");
        fault.types.push_back(*type);
    }
    const auto rcode = parse_rcode(rule.rcode);
    if (!rcode) return invalid(where + ": '" + rule.rcode + "' is no response code");
    fault.rcode = *rcode;
    if (rule.records) {
        const auto text = fill(*rule.records, placeholders);
        if (!text) return text.error();
        auto records = parse_zone_text(*text, where, origin);
        if (!records) return records.error();
        fault.records = std::move(*records);
    }
    return fault;
}

}  // namespace

Result<Faults> Faults::prepare(const std::vector<ServerFault>& rules, const Placeholders& placeholders,
                               const WireName& origin, const std::string& where) {
    Faults faults;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto fault = prepare_one(rules[i], placeholders, origin, where + ", fault " + std::to_string(i + 1));
        if (!fault) return fault.error();
        faults.faults_.push_back(std::move(*fault));
    }
    faults.seen_ = std::make_unique<std::atomic<unsigned>[]>(rules.size());
    return faults;
}

const PreparedFault* Faults::match(const Message& question, const WireName& folded, unsigned server,
                                   Transport transport, Duration age) const {
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const PreparedFault& fault = faults_[i];
        if (!fits(fault, question, folded, server, transport, age)) continue;
        if (fault.rule.nth.empty() || contains(fault.rule.nth, ++seen_[i])) return &fault;
    }
    return nullptr;
}

}  // namespace custdkim::lab
