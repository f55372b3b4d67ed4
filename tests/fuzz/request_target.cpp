#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "backend/usual_request.hpp"
#include "tests/backend/fixed_zones.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/targets.hpp"

namespace custdkim::test {

namespace {

namespace json = boost::json;
using backend::Conversation;
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
    const json::value reply = json::parse(text);  // throws if it is not JSON
    must(reply.is_object(), "a reply is an object");
    must(reply.get_object().contains("result") == (outcome == Outcome::answered),
         "what could not be answered has no result, and all else has one");
    must(outcome == Outcome::answered || reply.at("log").as_array().size() == 1,
         "an error is told in the log");

    json::error_code broken;
    json::parse_options limits;
    limits.max_depth = 16;
    const json::value asked = json::parse(request, broken, {}, limits);
    must((outcome == Outcome::unreadable) == broken.failed(), "what is no JSON is unreadable, and only that");
    if (outcome == Outcome::answered) check_result(method_of(asked), reply.at("result"));
}

// A space more, and the same request is none of the usual ones, nor one that is remembered.
void check_the_long_way(const Zones& zones, std::string_view request, const std::string& usual_reply) {
    HeldReply reply;
    const Outcome outcome = Conversation({zones}).answer(std::string(request) + " ", reply);
    must(outcome == Outcome::answered && reply.text == usual_reply, "both ways lead to the same reply");
}

}  // namespace

void try_request(std::span<const std::uint8_t> input) {
    static const Zones zones = fixed_zones();
    Conversation conversation({zones});
    std::string_view rest(reinterpret_cast<const char*>(input.data()), input.size());
    while (!rest.empty()) {
        const std::string_view request = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(request.size() + 1, rest.size()));
        HeldReply reply;
        const Outcome outcome = conversation.answer(request, reply);
        check_reply(request, reply.text, outcome);
        if (outcome == Outcome::unreadable) return;  // the connection is closed
        if (backend::read_usual_request(request) && outcome == Outcome::answered) {
            check_the_long_way(zones, request, reply.text);
        }
    }
}

std::vector<std::string> request_seeds() {
    std::vector<std::string> seeds;
    for (const auto& file : std::filesystem::directory_iterator(CUSTDKIM_SOURCE_DIR "/tests/transcripts")) {
        std::ifstream lines(file.path());
        std::string conversation;
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("> ")) continue;
            conversation += line.substr(2) + "\n";
            seeds.push_back(line.substr(2));
        }
        seeds.push_back(conversation);
    }
    return seeds;
}

}  // namespace custdkim::test
