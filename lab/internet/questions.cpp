// How the name servers of the fake internet answer.
#include <algorithm>

#include "lab/internet/mangle.hpp"
#include "lab/internet/state.hpp"
#include "lab/internet/zone_answer.hpp"

namespace custdkim::lab {

namespace {

constexpr std::uint16_t least_udp_size = 512, most_udp_size = 1232, incremental_transfer = 251,
                        transfer = 252;
constexpr std::uint16_t class_in = 1;
constexpr std::uint32_t referral_ttl = 3600;

Reply silence() { return {Reply::Kind::silence, {}, std::chrono::milliseconds(0)}; }

// To what is no proper question: its header, turned round.
Reply objection_to(std::span<const std::uint8_t> octets, std::uint16_t rcode) {
    const auto flags = static_cast<std::uint8_t>(0x80 | (octets[2] & 0x79));
    Bytes header{octets[0], octets[1], flags, static_cast<std::uint8_t>(rcode), 0, 0, 0, 0, 0, 0, 0, 0};
    return {Reply::Kind::answer, std::move(header), std::chrono::milliseconds(0)};
}

Reply reply_with(Message response, const Message& question, Transport transport, Mangle mangle = Mangle::none,
                 std::chrono::milliseconds delay = std::chrono::milliseconds(0)) {
    std::size_t limit = 65535;
    if (transport == Transport::udp) {
        limit = question.edns ? std::clamp(question.edns->udp_size, least_udp_size, most_udp_size)
                              : least_udp_size;
    }
    if (mangle != Mangle::none) mangle_message(mangle, response);
    Reply reply{Reply::Kind::answer, write_message(response, limit), delay};
    if (mangle != Mangle::none) mangle_octets(mangle, reply.message);
    return reply;
}

// What no server of ours does for anybody; nothing if the question is an ordinary one.
std::optional<std::uint16_t> objection(const Message& message) {
    const Question& question = message.questions.front();
    if (message.edns && message.edns->version > 0) return rcode::badvers;
    if (question.klass != class_in || question.type == transfer || question.type == incremental_transfer) {
        return rcode::refused;
    }
    return std::nullopt;
}

std::uint16_t rcode_of(FaultyAnswer answer) {
    switch (answer) {
        case FaultyAnswer::servfail: return rcode::servfail;
        case FaultyAnswer::refused: return rcode::refused;
        case FaultyAnswer::notimp: return rcode::notimp;
        case FaultyAnswer::formerr: return rcode::formerr;
        case FaultyAnswer::badvers: return rcode::badvers;
        case FaultyAnswer::nxdomain: return rcode::nxdomain;
        default: return rcode::noerror;
    }
}

// A server that sends others back to the root.
void refer_upward(const std::string& root_address, Message& response) {
    const WireName root(1, '\0'), server = Registry::server_of(root);
    response.authority = {{root, type::ns, referral_ttl, server}};
    response.additional = {{server, type::a, referral_ttl, address_rdata(root_address)}};
}

}  // namespace

Reply Internet::State::ask(std::span<const std::uint8_t> octets, const std::string& server_address,
                           Transport transport) {
    const ServerRole* const role = addresses_.role(server_address);
    if (!role) return silence();
    const auto message = parse_question(octets);
    if (!message) {
        return message.error().rcode ? objection_to(octets, *message.error().rcode) : silence();
    }
    const Question& question = message->questions.front();
    const Asked asked{*message, question, fold_case(question.name), message->edns && message->edns->dnssec_ok,
                      transport};
    if (role->kind == ServerRole::Kind::customers) return ask_customer_server(asked, *role);
    if (role->kind == ServerRole::Kind::key_zones && key_zones_.holds(asked.name) && !objection(*message)) {
        return key_zones_.ask(*message, transport);
    }
    return reply_with(answer_as_infrastructure(*role, asked), *message, transport);
}

Message Internet::State::answer_as_infrastructure(const ServerRole& role, const Asked& asked) const {
    Message response = response_to(asked.message);
    if (const auto rcode = objection(asked.message)) {
        response.rcode = *rcode;
        return response;
    }
    const std::shared_lock lock(mutex_);
    const Suffixes suffixes(asked.name);
    const std::string_view top_level = suffixes.of(std::min<std::size_t>(suffixes.labels(), 1));
    if (role.kind == ServerRole::Kind::root) {
        registry_.answer(suffixes.of(0), asked.question, asked.dnssec, response);
    } else if (role.kind == ServerRole::Kind::top_level && suffixes.labels() > 0 &&
               registry_.has_top_level(top_level)) {
        registry_.answer(top_level, asked.question, asked.dnssec, response);
    } else if (role.kind == ServerRole::Kind::provider && is_at_or_below(asked.name, provider_.apex())) {
        answer_from(provider_, asked.question, asked.dnssec, Conflicts::cname_wins, response);
    } else {
        response.rcode = rcode::refused;
    }
    return response;
}

Reply Internet::State::ask_customer_server(const Asked& asked, const ServerRole& role) const {
    const World world = hosted(asked, role.set);
    if (!world) return reply_with(response_to(asked.message, rcode::refused), asked.message, asked.transport);
    if (!world->faults().empty()) {
        const PreparedFault* const fault = world->faults().match(
            asked.message, asked.name, role.number, asked.transport, clock_.now() - world->customer().since);
        if (fault) return answer_with_fault(*world, *fault, role.number, asked);
    }
    return reply_with(answer_as(*world, role.number, asked), asked.message, asked.transport);
}

// The DS of a zone is the business of the zone above (RFC 4035 section 3.1.4.1), if that is here too.
Internet::State::World Internet::State::hosted(const Asked& asked, unsigned set) const {
    const std::shared_lock lock(mutex_);
    const Suffixes suffixes(asked.name);
    World own;
    for (std::size_t labels = suffixes.labels(); labels > 1; --labels) {
        const auto found = customers_.find(suffixes.of(labels));
        if (found == customers_.end() || found->second->order().set != set) continue;
        if (asked.question.type != type::ds || labels < suffixes.labels()) return found->second;
        own = found->second;
    }
    return own;
}

Message Internet::State::answer_as(const CustomerWorld& world, unsigned number, const Asked& asked) const {
    Message response = response_to(asked.message);
    const ServerZone& server = world.server(number);
    if (const auto rcode = objection(asked.message)) {
        response.rcode = *rcode;
    } else if (server.serves == Serves::servfail) {
        response.rcode = rcode::servfail;
    } else if (!server.zone) {
        response.rcode = rcode::refused;
    } else {
        return answer_from_zone(world, server, asked);
    }
    return response;
}

Message Internet::State::answer_from_zone(const CustomerWorld& world, const ServerZone& server,
                                          const Asked& asked) const {
    Message response = response_to(asked.message);
    const std::shared_lock lock(mutex_);
    // A signed zone has its delegations written in it.
    const Delegation* const child =
        world.is_signed() ? nullptr : delegations_.between(world.apex(), asked.name);
    if (child && asked.question.type == type::ds && asked.name == child->zone) {
        deny(server.zone->soa(), rcode::noerror, response);
        return response;
    }
    if (child) {
        registry_.refer(*child, world.apex(), response);
        return response;
    }
    const auto conflicts = server.serves == Serves::by_type ? Conflicts::by_type : Conflicts::cname_wins;
    answer_from(*server.zone, asked.question, asked.dnssec, conflicts, response);
    // A name above another customer's domain is there, if only as a name.
    if (response.rcode == rcode::nxdomain && response.answer.empty() &&
        delegations_.any_at_or_below(asked.name)) {
        response.rcode = rcode::noerror;
    }
    return response;
}

Reply Internet::State::answer_with_fault(const CustomerWorld& world, const PreparedFault& fault,
                                         unsigned number, const Asked& asked) const {
    const ServerFault& rule = fault.rule;
    Message response = response_to(asked.message, rcode_of(rule.answer));
    const auto& zone = world.server(number).zone;
    switch (rule.answer) {
        case FaultyAnswer::drop: return silence();
        case FaultyAnswer::hang_up:
            return {asked.transport == Transport::tcp ? Reply::Kind::hang_up : Reply::Kind::silence,
                    {},
                    rule.delay};
        case FaultyAnswer::nxdomain:
        case FaultyAnswer::nodata: deny(zone ? zone->soa() : nullptr, response.rcode, response); break;
        case FaultyAnswer::badvers:
            if (!response.edns) response.edns.emplace();
            break;
        case FaultyAnswer::truncate: response.authoritative = response.truncated = true; break;
        case FaultyAnswer::upward_referral: refer_upward(addresses_.root(), response); break;
        case FaultyAnswer::normal:
            if (rule.records) {
                response.authoritative = true;
                response.rcode = fault.rcode;
                response.answer = fault.records;
            } else if (!fault.flatten.empty()) {
                response = flatten(world, fault, number, asked);
            } else {
                response = answer_as(world, number, asked);
            }
            break;
        default:
            // Who stumbles over EDNS does not speak it (RFC 6891 section 7).
            if (rule.edns.value_or(false)) response.edns.reset();
    }
    return reply_with(std::move(response), asked.message, asked.transport, rule.mangle, rule.delay);
}

Message Internet::State::flatten(const CustomerWorld& world, const PreparedFault& fault, unsigned number,
                                 const Asked& asked) const {
    Message response = response_to(asked.message);
    response.authoritative = true;
    const Timestamp now = clock_.now();
    if (asked.question.type == type::txt) {
        const Flattened known = world.flattened(fault, now, [&] {
            Flattened fresh{key_zones_.texts(fault.flatten), now};
            if (!fresh.records.empty()) fresh.expires += std::chrono::seconds(fresh.records.front().ttl);
            return fresh;
        });
        const auto left =
            static_cast<std::uint32_t>(std::max<std::int64_t>((known.expires - now).count(), 0));
        for (const ResourceRecord& record : known.records) {
            response.answer.push_back({asked.question.name, type::txt, left, record.rdata});
        }
    }
    const auto& zone = world.server(number).zone;
    if (response.answer.empty()) deny(zone ? zone->soa() : nullptr, rcode::noerror, response);
    return response;
}

}  // namespace custdkim::lab
