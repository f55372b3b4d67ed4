#include "lab/serving/lab_json.hpp"

#include "lab/catalogue/catalogue.hpp"
#include "lab/catalogue/words.hpp"

namespace custdkim::lab {

using nlohmann::ordered_json;

namespace {

ordered_json expected_json(const Expected& expected) {
    ordered_json records = ordered_json::array();
    for (const auto& record : expected.records) {
        records.push_back({{"type", record.type}, {"content", record.content}});
    }
    ordered_json document = {
        {"rcode", expected.rcode}, {"authentic", expected.authentic}, {"records", std::move(records)}};
    if (expected.extended_error) document["extended_error"] = *expected.extended_error;
    return document;
}

ordered_json expectation_json(const Expectation& expectation) {
    ordered_json document;
    for (const std::size_t slot : {0U, 1U}) {
        const std::string number = std::to_string(slot + 1);
        document["cname" + number] = expected_json(expectation.cname[slot]);
        document["txt" + number] = expected_json(expectation.txt[slot]);
    }
    if (expectation.txt1_after_cname1) {
        document["txt1_after_cname1"] = expected_json(*expectation.txt1_after_cname1);
    }
    if (expectation.cname1_after_txt1) {
        document["cname1_after_txt1"] = expected_json(*expectation.cname1_after_txt1);
    }
    return document;
}

ordered_json flavour_json(const Flavour& flavour) {
    ordered_json servers = ordered_json::array();
    for (const RealServer server : flavour.servers) servers.push_back(word_for(server_words, server));
    return {{"id", flavour.id}, {"title", flavour.title}, {"servers", std::move(servers)}};
}

// What the customer would be told to do. Where a text cannot be filled in, it stands as it is written.
std::string fix_for(const Customer& customer, const Misconfiguration& misconfiguration) {
    Placeholders placeholders;
    placeholders.domain = customer.key.domain.text();
    placeholders.selectors = customer.key.selectors;
    placeholders.targets = customer.key.targets;
    placeholders.servers = {"the first name server", "the second name server", "the third name server",
                            "the fourth name server", "the fifth name server"};
    return fill(misconfiguration.fix, placeholders).value_or(misconfiguration.fix);
}

}  // namespace

ordered_json misconfiguration_json(const Misconfiguration& misconfiguration) {
    ordered_json flavours = ordered_json::array();
    for (const Flavour& flavour : misconfiguration.flavours) flavours.push_back(flavour_json(flavour));
    return {{"id", misconfiguration.id},
            {"title", misconfiguration.title},
            {"group", word_for(group_words, misconfiguration.group)},
            {"cause", misconfiguration.cause.empty() ? ordered_json(nullptr) : misconfiguration.cause},
            {"did", misconfiguration.did},
            {"fix", misconfiguration.fix},
            {"flavours", std::move(flavours)}};
}

ordered_json misconfiguration_in_full(const Misconfiguration& misconfiguration) {
    ordered_json document = misconfiguration_json(misconfiguration);
    document["source"] = misconfiguration.source;
    document["note"] = misconfiguration.note;
    document["zone"] = misconfiguration.zone;
    document["primed"] = misconfiguration.primed;
    for (std::size_t i = 0; i < misconfiguration.flavours.size(); ++i) {
        const Flavour& flavour = misconfiguration.flavours[i];
        ordered_json& shown = document["flavours"][i];
        shown["serves"] = word_for(serves_words, flavour.serves);
        if (flavour.zone) shown["zone"] = *flavour.zone;
        shown["expect"] = expectation_json(flavour.expect);
    }
    return document;
}

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
