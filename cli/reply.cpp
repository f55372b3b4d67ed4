#include "cli/reply.hpp"

#include <iostream>
#include <string>

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

Reply refuse(Exit code, std::string sentence, ordered_json document = nullptr) {
    return {std::nullopt, code, std::move(document), std::move(sentence)};
}

Exit exit_for_status(long status) {
    if (status == 400) return Exit::wrong;
    return status >= 500 ? Exit::unknown : Exit::no;
}

}  // namespace

Reply read_reply(const ApiAccess& access, const ApiAnswer& answer) {
    auto document = ordered_json::parse(answer.body, nullptr, false);
    if (document.is_discarded() || !document.is_object()) {
        return refuse(Exit::unknown, "what answers at " + access.url + " is not custdkim; check --api");
    }
    if (answer.status < 300) return {std::move(document), Exit::done};
    if (answer.status == 401 && !sends_token(access)) {
        return refuse(Exit::wrong, "custdkim at " + access.url +
                                       " wants a token; name the file that holds one with --token-file");
    }
    if (answer.status == 401) {
        return refuse(Exit::wrong, "custdkim at " + access.url + " does not accept the token in " +
                                       access.token_file.string() + "; check --token-file");
    }
    std::string sentence =
        document.value("detail", "the request was refused (HTTP " + std::to_string(answer.status) + ")");
    return refuse(exit_for_status(answer.status), std::move(sentence), std::move(document));
}

Reply ask_quietly(const ApiAccess& access, std::string_view method, std::string_view path,
                  std::string_view body, std::string_view type) {
    const auto answer = call_api(access, method, path, body, type);
    if (!answer) return refuse(exit_for(answer.error().code), answer.error().detail);
    return read_reply(access, *answer);
}

Reply ask(const ApiAccess& access, std::string_view method, std::string_view path, std::string_view body,
          std::string_view type) {
    Reply reply = ask_quietly(access, method, path, body, type);
    if (!reply.document) fail(static_cast<Exit>(reply.exit), reply.sentence);
    return reply;
}

void print_json(const ordered_json& document) {
    std::cout << document.dump(2, ' ', false, lenient) << std::endl;
}

}  // namespace custdkim::cli
