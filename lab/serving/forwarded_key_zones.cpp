#include "lab/serving/forwarded_key_zones.hpp"

#include "base/log.hpp"
#include "lab/serving/forwarding.hpp"

namespace custdkim::lab {

namespace {

// The server of the innermost zone that the name is in.
const ForwardedZone* zone_of(const std::vector<ForwardedZone>& zones, const dns::Name& name) {
    const ForwardedZone* best = nullptr;
    for (const ForwardedZone& zone : zones) {
        if (!name.relative_to(zone.name)) continue;
        if (!best || zone.name.label_count() > best->name.label_count()) best = &zone;
    }
    return best;
}

}  // namespace

std::vector<dns::Name> ForwardedKeyZones::zones() const {
    std::vector<dns::Name> names;
    for (const ForwardedZone& zone : zones_) names.push_back(zone.name);
    return names;
}

Reply ForwardedKeyZones::ask(const Message& question, Transport transport) {
    if (question.questions.size() != 1) return {};
    const auto name = dns::Name::parse(to_text(question.questions.front().name));
    const ForwardedZone* const zone = name ? zone_of(zones_, *name) : nullptr;
    if (!zone) return {};
    auto answer = forward(zone->server, question, transport, random_, deadline_);
    if (!answer) {
        log_debug("a key zone's name server did not answer",
                  {{"server", dns::to_string(zone->server)}, {"reason", answer.error().detail}});
        return {};
    }
    return {Reply::Kind::answer, std::move(*answer), {}};
}

}  // namespace custdkim::lab
