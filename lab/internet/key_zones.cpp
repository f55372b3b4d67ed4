#include "lab/internet/key_zones.hpp"

namespace custdkim::lab {

KeyZones::KeyZones(KeyZoneServer& server) : server_(server) {
    for (const dns::Name& zone : server.zones()) {
        const auto name = wire_name(zone.text());
        if (name) names_.push_back(fold_case(*name));
    }
}

bool KeyZones::holds(const WireName& folded) const {
    for (const WireName& zone : names_) {
        if (is_at_or_below(folded, zone)) return true;
    }
    return false;
}

std::vector<ResourceRecord> KeyZones::texts(const WireName& name) const {
    if (!holds(fold_case(name))) return {};
    Message question;
    question.id = 1;
    question.questions = {{name, type::txt, 1}};
    question.edns.emplace();
    const Reply reply = server_.ask(question, Transport::tcp);
    if (reply.kind != Reply::Kind::answer) return {};
    auto response = parse_response(reply.message);
    if (!response || response->rcode != rcode::noerror) return {};
    std::erase_if(response->answer, [](const ResourceRecord& record) { return record.type != type::txt; });
    return std::move(response->answer);
}

}  // namespace custdkim::lab
