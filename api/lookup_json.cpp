#include "api/lookup_json.hpp"

#include <nlohmann/json.hpp>

#include "dns/record_text.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

ordered_json lookup_json(const dns::Name& name, dns::QuestionType type, const dns::Answer& answer) {
    ordered_json records = ordered_json::array();
    std::string text;
    for (const dns::Record& record : answer.answer) {
        records.push_back({{"name", record.owner.text()},
                           {"type", record.type},
                           {"ttl", record.ttl_seconds},
                           {"data", record.content}});
        text += dns::dig_line(record) + "\n";
    }
    ordered_json errors = ordered_json::array();
    for (const dns::ExtendedError& error : answer.extended_errors) {
        errors.push_back({{"code", error.code}, {"text", error.text}});
    }
    const std::string lacks = dns::shortcoming(answer, type);
    return {{"name", name.text()},
            {"type", dns::question_type_name(type)},
            {"rcode", dns::rcode_name(answer.rcode)},
            {"shortcoming", lacks.empty() ? ordered_json(nullptr) : ordered_json(lacks)},
            {"authentic", answer.authentic || answer.security == dns::Security::secure},
            {"bogus", answer.why_bogus.empty() ? ordered_json(nullptr) : ordered_json(answer.why_bogus)},
            {"answer", std::move(records)},
            {"extended_errors", std::move(errors)},
            {"text", std::move(text)}};
}

}  // namespace custdkim::api
