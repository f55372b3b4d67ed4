// Replies and parameters that several methods share.
#pragma once

#include "backend/methods.hpp"
#include "backend/parameters.hpp"

namespace custdkim::backend {

// PowerDNS's word for "there is none", "that is not mine" and "done".
inline void answer_nothing(Reply& reply) { reply.text += R"({"result":false})"; }
inline void answer_done(Reply& reply) { reply.text += R"({"result":true})"; }

// `false`, with a sentence for PowerDNS's log and ours.
void answer_refusal(Reply& reply, std::string_view sentence);

// What became of a change: done; what could not be (no such key, a value that is refused) is `false` with a
// reason; what went wrong is an Error.
Result<void> answer_change(Reply& reply, const Result<void>& done);

// The zone that a parameter names, or none.
Result<ServedZone*> zone_parameter(const Call& call, std::string_view parameter);

// What PowerDNS keeps with us; the Error says that this daemon keeps nothing.
Result<Administration*> administration_of(const Call& call);

// Hands what is kept of the zone that 'name' names, if it is one of ours, to work(administration, zone).
template <typename Work>
Result<void> change_zone(const Call& call, Reply& reply, Work work) {
    const auto zone = zone_parameter(call, "name");
    if (!zone) return zone.error();
    if (!*zone) {
        answer_nothing(reply);
        return {};
    }
    const auto administration = administration_of(call);
    if (!administration) return administration.error();
    return work(**administration, **zone);
}

}  // namespace custdkim::backend
