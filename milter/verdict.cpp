#include "milter/verdict.hpp"

#include <strings.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

namespace custdkim::milter {

namespace {

using nlohmann::json;

constexpr long ok = 200, not_authorized = 401, too_large_status = 413;
constexpr std::string_view problem_prefix = "urn:custdkim:problem:";
// Refusals that are about the message. Every other one is about us.
constexpr std::array<std::string_view, 3> refusals{"refused", "sender-not-allowed", "invalid"};

std::string text_of(const json& document, const char* member) {
    const auto found = document.find(member);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_bare_line_feed(std::string_view text) {
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
        if (at == 0 || text[at - 1] != '\r') return true;
    }
    return false;
}

std::optional<HeaderField> signature_in(std::string_view lines) {
    const std::size_t colon = lines.find(':');
    if (colon == lines.npos) return std::nullopt;
    HeaderField field{std::string(lines.substr(0, colon)), std::string(lines.substr(colon + 1))};
    if (has_bare_line_feed(field.value)) return std::nullopt;
    std::erase(field.value, '\r');
    if (::strcasecmp(field.name.c_str(), "DKIM-Signature") != 0) return std::nullopt;
    return field;
}

// Header fields one after the other, each with its CRLF. None where there is anything else.
std::vector<HeaderField> signatures_in(std::string_view header) {
    std::vector<HeaderField> fields;
    while (!header.empty()) {
        std::size_t end = header.find("\r\n");
        while (end != header.npos && end + 2 < header.size() &&
               (header[end + 2] == ' ' || header[end + 2] == '\t')) {
            end = header.find("\r\n", end + 2);
        }
        if (end == header.npos) return {};
        const auto field = signature_in(header.substr(0, end));
        if (!field) return {};
        fields.push_back(*field);
        header.remove_prefix(end + 2);
    }
    return fields;
}

std::string selectors_in(const json& document) {
    std::string selectors;
    const auto add = [&](const json& signature) {
        const std::string selector = signature.is_object() ? text_of(signature, "selector") : "";
        if (!selector.empty()) selectors += (selectors.empty() ? "" : ",") + selector;
    };
    const auto all = document.find("signatures");
    if (all != document.end() && all->is_array()) {
        for (const json& signature : *all) add(signature);
    }
    if (selectors.empty()) add(document);
    return selectors;
}

Verdict signed_with(const json& document) {
    Verdict verdict;
    verdict.signatures = signatures_in(text_of(document, "header"));
    if (verdict.signatures.empty()) return failed_for_now("the service answered without a signature");
    verdict.what = Verdict::What::sign;
    verdict.selector = selectors_in(document);
    return verdict;
}

Verdict not_signed(const json& document) {
    Verdict verdict;
    verdict.reason = text_of(document, "detail");
    if (text_of(document, "unsigned") == "pass") {
        verdict.what = Verdict::What::pass;
        return verdict;
    }
    verdict.what = Verdict::What::reject;
    verdict.reply = {"550", "5.7.1", reply_text(verdict.reason)};
    return verdict;
}

// Whether it is the message that the service refuses.
bool is_refusal(long status, const json& document) {
    if (status < 400 || status >= 500 || status == not_authorized) return false;
    const std::string type = text_of(document, "type");
    return type.starts_with(problem_prefix) &&
           std::find(refusals.begin(), refusals.end(), type.substr(problem_prefix.size())) != refusals.end();
}

}  // namespace

Verdict verdict_on(const Result<api::HttpAnswer>& answer) {
    if (!answer) return failed_for_now("the service cannot be asked: " + answer.error().detail);
    if (answer->status == too_large_status) return too_large();
    const json document = json::parse(answer->body, nullptr, false);
    const std::string told = "the service answered " + std::to_string(answer->status);
    if (!document.is_object()) return failed_for_now(told + " without a JSON document");
    if (answer->status == ok) return signed_with(document);
    if (is_refusal(answer->status, document)) return not_signed(document);
    return failed_for_now(told + ": " + text_of(document, "detail"));
}

Verdict too_large() {
    Verdict verdict;
    verdict.what = Verdict::What::reject;
    verdict.reason = "it is larger than anything that is signed";
    verdict.reply = {"552", "5.3.4", "the message is too large to be signed"};
    return verdict;
}

Verdict failed_for_now(std::string why) {
    Verdict verdict;
    verdict.what = Verdict::What::fail;
    verdict.reason = std::move(why);
    verdict.reply = {"451", "4.7.1", "the message cannot be signed now; try again later"};
    return verdict;
}

}  // namespace custdkim::milter
