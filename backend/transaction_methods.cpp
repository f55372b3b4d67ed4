// PowerDNS cannot write records here: they are made from keys, or read from files. How each of its tools is
// told so is in docs/protocol.md. Editing begins a transaction without a zone id, rectifying a zone does,
// too, and that is harmless; loading a zone and transfers begin it with the id.
#include "backend/answers.hpp"
#include "backend/handlers.hpp"

namespace custdkim::backend {

namespace {

// Where the zone's records come from, and how to change them.
std::string refusal(const Zones& zones, const std::string& name) {
    const auto match = zones.match(name, std::nullopt);
    const ServedZone* const zone = match && match->relative.empty() ? match->zone : nullptr;
    if (const auto* const from_file = dynamic_cast<const StaticZone*>(zone)) {
        return "the records of " + name + " are read from " + from_file->file().string() +
               "; edit that file, then run 'custdkim zone reload'";
    }
    if (zone) {
        return "the records of " + name +
               " are made from keys; use 'custdkim key', or the zone's file of static records";
    }
    return "records are made from keys or read from files, and cannot be written by PowerDNS";
}

}  // namespace

Result<void> start_transaction(const Call& call, Reply& reply) {
    const auto zone = name_parameter(call.parameters, "domain", call.scratch);
    if (!zone) return zone.error();
    const auto id = number_parameter(call.parameters, "domain_id");
    if (!id) return id.error();
    call.transaction = {};
    if (*id >= 0) {
        answer_refusal(reply, refusal(call.parts.zones, std::string(*zone)));
    } else {
        call.transaction = {true, false, std::string(*zone)};
        answer_done(reply);
    }
    return {};
}

Result<void> refuse_change(const Call& call, Reply& reply) {
    call.transaction.was_refused = true;
    answer_refusal(reply, refusal(call.parts.zones, call.transaction.zone));
    return {};
}

// An Error, not `false`, which nobody would look at.
Result<void> commit_transaction(const Call& call, Reply& reply) {
    const Transaction transaction = std::exchange(call.transaction, {});
    if (!transaction.is_open) return Error{Errc::conflict, "no transaction is open"};
    if (transaction.was_refused) return refused(refusal(call.parts.zones, transaction.zone));
    answer_done(reply);
    return {};
}

Result<void> abort_transaction(const Call& call, Reply& reply) {
    call.transaction = {};
    answer_done(reply);
    return {};
}

Result<void> refuse_secondary(const Call&, Reply& reply) {
    answer_refusal(reply, "there are no secondary zones here, and none can be created");
    return {};
}

}  // namespace custdkim::backend
