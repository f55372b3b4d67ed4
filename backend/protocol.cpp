#include "backend/protocol.hpp"

#include <boost/json/value.hpp>

#include "backend/handlers.hpp"
#include "backend/parameters.hpp"
#include "backend/usual_request.hpp"
#include "base/log.hpp"

namespace custdkim::backend {

namespace {

constexpr std::size_t max_shown = 100;
constexpr std::size_t lookup_row = 0;  // of methods()

boost::json::parse_options limits() {
    boost::json::parse_options options;
    options.max_depth = 16;  // the deepest that PowerDNS sends is 4
    return options;
}

// How it ended, by what stands in the reply now behind what was there before. A long list has been sent
// meanwhile, in parts.
Ending ending_of(Outcome outcome, const Reply& reply, std::size_t before) {
    if (outcome != Outcome::answered) return Ending::failed;
    if (reply.text.size() < before) return Ending::answered;
    const auto added = std::string_view(reply.text).substr(before);
    const bool is_empty = added.starts_with(R"({"result":[]})") || added.starts_with(R"({"result":false)");
    return is_empty ? Ending::empty : Ending::answered;
}

}  // namespace

void append_error(Reply& reply, std::string_view detail) {
    log_warning("a request from PowerDNS was not answered", {{"reason", detail}});
    reply.text += '{';
    append_log(reply, detail);
    reply.text += '}';
}

Conversation::Conversation(const Parts& parts, OpenTransactions* transactions)
    : parts_(parts),
      counts_(parts.counters ? &parts.counters->next_stripe() : nullptr),
      parser_({}, limits()),
      transactions_(transactions) {
    if (parts_.counters) ++parts_.counters->conversations;
}

Conversation::~Conversation() {
    if (parts_.counters) --parts_.counters->conversations;
}

Outcome Conversation::answer(std::string_view request, Reply& reply) {
    const Stopwatch watch;
    const std::size_t before = reply.text.size();
    std::size_t row = lookup_row;
    const Outcome outcome =
        answer_usual(request, reply) ? Outcome::answered : answer_any(request, reply, row);
    if (counts_) counts_->count(row, ending_of(outcome, reply, before), watch.elapsed());
    return outcome;
}

bool Conversation::answer_usual(std::string_view request, Reply& reply) {
    // Read before looking anything up: what changes meanwhile makes the answer an old one.
    const std::uint64_t generation = parts_.zones.generation();
    if (const std::string* const known = memo_.find(request, generation)) {
        reply.text += *known;
        return true;
    }
    const auto usual = read_usual_request(request);
    if (!usual) return false;
    const auto name = canonical_name(usual->qname, scratch_);
    if (!name) return false;
    const std::size_t before = reply.text.size();
    answer_lookup(parts_.zones, *name, usual->qtype, usual->zone_id, reply);
    memo_.keep(request, std::string_view(reply.text).substr(before), generation);
    return true;
}

Outcome Conversation::answer_any(std::string_view request, Reply& reply, std::size_t& row) {
    row = other_methods;
    boost::json::monotonic_resource memory(memory_, sizeof memory_);
    parser_.reset(&memory);
    boost::json::error_code error;
    parser_.write(request, error);
    const Outcome outcome = [&] {
        if (error) {
            append_error(reply, "the request is not JSON: " + error.message());
            return Outcome::unreadable;
        }
        return dispatch(parser_.release(), reply, row);
    }();
    parser_.reset();                            // lets go of `memory`
    ::explicit_bzero(memory_, sizeof memory_);  // private keys may have been in it
    return outcome;
}

Outcome Conversation::dispatch(const boost::json::value& request, Reply& reply, std::size_t& row) {
    static const boost::json::object no_parameters;
    const auto fail = [&](std::string_view detail) {
        append_error(reply, detail);
        return Outcome::failed;
    };
    const auto* const object = request.if_object();
    if (!object) return fail("the request is not a JSON object");
    const auto* const name = object->if_contains("method");
    if (!name || !name->is_string()) return fail("the request has no 'method' of type string");
    const auto* const parameters = object->if_contains("parameters");
    if (parameters && !parameters->is_object()) return fail("'parameters' is not a JSON object");

    const std::string_view method_name = name->get_string();
    const Method* const method = find_method(method_name);
    if (!method) {  // the protocol's word for "this backend does not do that"
        reply.text += R"({"result":false,)";
        append_log(reply,
                   "the method '" + std::string(method_name.substr(0, max_shown)) + "' is not supported");
        reply.text += '}';
        return Outcome::answered;
    }
    const std::size_t before = reply.text.size();
    row = static_cast<std::size_t>(method - methods().data());
    const auto done = call(*method, parameters ? parameters->get_object() : no_parameters, reply);
    if (done) return Outcome::answered;
    reply.text.resize(before);
    return fail(std::string(method->name) + ": " + done.error().detail);
}

Result<void> Conversation::call(const Method& method, const boost::json::object& parameters, Reply& reply) {
    if (!transactions_ || !parameters.contains("trxid")) {
        return method.handle({parts_, parameters, scratch_, transaction_}, reply);
    }
    const auto number = number_parameter(parameters, "trxid");
    if (!number) return number.error();
    Result<void> done;
    transactions_->in(*number, [&](Transaction& transaction) {
        done = method.handle({parts_, parameters, scratch_, transaction}, reply);
    });
    return done;
}

}  // namespace custdkim::backend
