#include "tests/fuzz/exchange.hpp"

#include <boost/json.hpp>

#include "tests/backend/fixed_zones.hpp"
#include "tests/fuzz/must.hpp"

namespace custdkim::test {

namespace {

namespace json = boost::json;
using backend::Outcome;

// The zones are small: what is longer was put in by the request.
constexpr std::size_t longest_reply = 16384;

// What PowerDNS reads of a record, each of the type that it reads without a mistake.
void check_record(const json::value& value) {
    const auto& record = value.as_object();
    for (const char* const name : {"qtype", "qname", "content"}) {
        must(record.at(name).is_string(), "what is text in a record is a string");
    }
    for (const char* const name : {"ttl", "domain_id", "auth"}) {
        must(record.at(name).is_int64(), "what is a number in a record is a JSON number");
    }
}

void check_result(std::string_view method, const json::value& result) {
    if (method == "lookup" || method == "APILookup") {
        must(result.is_array(), "a look-up is answered with records, none included; never with false");
    }
    const bool has_records = method == "lookup" || method == "APILookup" || method == "list";
    if (!has_records || !result.is_array()) return;
    for (const json::value& record : result.get_array()) check_record(record);
}

std::string method_of(const json::value& request) { return std::string(request.at("method").as_string()); }

void check_reply(std::string_view request, const std::string& text, Outcome outcome) {
    must(text.size() <= longest_reply, "a reply has a bound");
    must(text.find('\n') == std::string::npos, "a reply has no line end inside");
    unsigned char memory[32768];  // an allocation is what takes longest under ASan
    json::monotonic_resource storage(memory, sizeof memory);
    const json::value reply = json::parse(text, &storage);  // throws if it is not JSON
    must(reply.is_object(), "a reply is an object");
    must(reply.get_object().contains("result") == (outcome == Outcome::answered),
         "what could not be answered has no result, and all else has one");
    must(outcome == Outcome::answered || reply.at("log").as_array().size() == 1,
         "an error is told in the log");

    json::error_code broken;
    json::parse_options limits;
    limits.max_depth = 16;
    const json::value asked = json::parse(request, broken, &storage, limits);
    must((outcome == Outcome::unreadable) == broken.failed(), "what is no JSON is unreadable, and only that");
    if (outcome == Outcome::answered) check_result(method_of(asked), reply.at("result"));
}

}  // namespace

Outcome try_exchange(backend::Conversation& conversation, std::string_view request, std::string& reply) {
    HeldReply held;
    const Outcome outcome = conversation.answer(request, held);
    check_reply(request, held.text, outcome);
    reply = std::move(held.text);
    return outcome;
}

}  // namespace custdkim::test
