#include "lab/serving/lab_json.hpp"

#include "lab/catalogue/placeholders.hpp"

namespace custdkim::lab {

using nlohmann::ordered_json;

namespace {

// What the customer would be told to do. Where a text cannot be filled in, it stands as it is written.
std::string fix_for(const Customer& customer, const Misconfiguration& misconfiguration) {
    Placeholders placeholders;
    placeholders.domain = customer.key.domain.text();
    placeholders.selectors = customer.key.selectors;
    placeholders.targets = customer.key.targets;
    placeholders.servers = {"the first name server", "the second name server", "the third name server",
                            "the fourth name server", "the fifth name server"};
    const auto filled = fill(misconfiguration.fix, placeholders);
    return filled ? *filled : misconfiguration.fix;
}

}  // namespace

ordered_json customer_json(const Customer& customer, const Misconfiguration* misconfiguration) {
    ordered_json document = {
        {"domain", customer.key.domain.text()}, {"misconfiguration", customer.misconfiguration},
        {"flavour", customer.flavour},          {"selectors", customer.key.selectors},
        {"targets", customer.key.targets},      {"since", format_rfc3339(customer.since)},
        {"replaced", customer.replaced}};
    // Records that somebody wrote by hand may be wrong in another way, or right.
    const bool is_known = misconfiguration && !customer.replaced && !misconfiguration->cause.empty();
    document["cause"] = is_known ? ordered_json(misconfiguration->cause) : ordered_json(nullptr);
    document["fix"] = is_known ? ordered_json(fix_for(customer, *misconfiguration)) : ordered_json(nullptr);
    return document;
}

ordered_json query_json(const LoggedQuery& query) {
    const auto answer = [&]() -> std::string {
        switch (query.kind) {
            case Reply::Kind::answer: return rcode_name(query.rcode);
            case Reply::Kind::hang_up: return "hang-up";
            case Reply::Kind::silence: break;
        }
        return "silence";
    };
    const bool was_read = !query.name.empty();
    return {{"at", format_rfc3339(query.at)},
            {"client", query.client},
            {"face", query.face},
            {"name", was_read ? ordered_json(to_text(query.name)) : ordered_json(nullptr)},
            {"type", was_read ? ordered_json(type_name(query.type)) : ordered_json(nullptr)},
            {"transport", query.transport == Transport::udp ? "udp" : "tcp"},
            {"edns", query.edns},
            {"answer", answer()}};
}

}  // namespace custdkim::lab
