#include "cli/reply.hpp"

#include <iostream>
#include <string>

#include "api/problem.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

Reply refused(Exit code, std::string sentence, ordered_json document = nullptr) {
    return {std::nullopt, code, std::move(document), std::move(sentence)};
}

// As the API has it for the same.
Errc code_for(int exit) {
    if (exit == Exit::no) return Errc::refused;
    return exit == Exit::wrong ? Errc::invalid : Errc::unavailable;
}

Exit exit_for_status(long status) {
    if (status == 400) return Exit::wrong;
    return status >= 500 ? Exit::unknown : Exit::no;
}

}  // namespace

Reply read_reply(const ApiAccess& access, const ApiAnswer& answer) {
    auto document = ordered_json::parse(answer.body, nullptr, false);
    if (document.is_discarded() || !document.is_object()) {
        return refused(Exit::unknown, "what answers at " + access.url + " is not custdkim; check --api");
    }
    if (answer.status < 300) return {std::move(document), Exit::done};
    if (answer.status == 401 && !sends_token(access)) {
        return refused(
            Exit::wrong,
            "custdkim at " + access.url + " wants a token; name the file that holds one with --token-file",
            std::move(document));
    }
    if (answer.status == 401) {
        return refused(Exit::wrong,
                       "custdkim at " + access.url + " does not accept the token in " +
                           access.token_file.string() + "; check --token-file",
                       std::move(document));
    }
    std::string sentence =
        document.value("detail", "the request was refused (HTTP " + std::to_string(answer.status) + ")");
    return refused(exit_for_status(answer.status), std::move(sentence), std::move(document));
}

Reply ask(const ApiAccess& access, std::string_view method, std::string_view path, std::string_view body,
          std::string_view type) {
    const auto answer = call_api(access, method, path, body, type);
    if (!answer) return refused(exit_for(answer.error().code), answer.error().detail);
    return read_reply(access, *answer);
}

ordered_json problem_of(const Reply& refusal) {
    if (refusal.refusal.is_object()) return refusal.refusal;
    return api::problem_document({code_for(refusal.exit), refusal.sentence});
}

int refuse(const Reply& refusal, bool json) {
    if (json) print_json(problem_of(refusal));
    return fail(static_cast<Exit>(refusal.exit), refusal.sentence);
}

int fail(Exit code, std::string_view sentence, bool json) {
    return refuse(refused(code, std::string(sentence)), json);
}

int fail(const Error& error, bool json) { return fail(exit_for(error.code), error.detail, json); }

void print_json(const ordered_json& document) {
    std::cout << document.dump(2, ' ', false, lenient) << std::endl;
}

}  // namespace custdkim::cli
