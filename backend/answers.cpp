#include "backend/answers.hpp"

#include "base/log.hpp"

namespace custdkim::backend {

void answer_refusal(Reply& reply, std::string_view sentence) {
    log_warning("a request from PowerDNS was refused", {{"reason", sentence}});
    reply.text += R"({"result":false,)";
    append_log(reply, sentence);
    reply.text += '}';
}

Result<void> answer_change(Reply& reply, const Result<void>& done) {
    if (done) {
        answer_done(reply);
        return {};
    }
    const Errc code = done.error().code;
    if (code != Errc::refused && code != Errc::invalid && code != Errc::not_found) return done.error();
    answer_refusal(reply, done.error().detail);
    return {};
}

Result<ServedZone*> zone_parameter(const Call& call, std::string_view parameter) {
    const auto name = name_parameter(call.parameters, parameter, call.scratch);
    if (!name) return name.error();
    const auto match = call.parts.zones.match(*name, std::nullopt);
    if (!match || !match->relative.empty()) return nullptr;
    return call.parts.zones.find(match->zone->id());
}

Result<Administration*> administration_of(const Call& call) {
    if (call.parts.administration) return call.parts.administration;
    return Error{Errc::unavailable, "nothing is kept for PowerDNS here"};
}

}  // namespace custdkim::backend
