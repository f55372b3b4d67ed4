#include "lab/refusal.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "api/problem.hpp"

namespace custdkim::lab {

namespace {

// As an API has it for the same, without a status where there was no HTTP.
std::string problem_text(Exit::Code code, std::string_view sentence) {
    const Errc kind = code == Exit::no      ? Errc::refused
                      : code == Exit::wrong ? Errc::invalid
                                            : Errc::unavailable;
    constexpr auto lenient = nlohmann::ordered_json::error_handler_t::replace;  // any octets may come in
    return api::problem_document({kind, std::string(sentence)}).dump(2, ' ', false, lenient);
}

}  // namespace

int fail(Exit::Code code, std::string_view sentence, bool json) {
    if (json) std::cout << problem_text(code, sentence) << std::endl;
    return fail(code, sentence);
}

}  // namespace custdkim::lab
