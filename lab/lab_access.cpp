#include "lab/lab_access.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "api/http_client.hpp"
#include "lab/refusal.hpp"
#include "lab/up/state_directory.hpp"
#include "service/token_file.hpp"

namespace custdkim::lab {

using nlohmann::ordered_json;

namespace {

constexpr auto lenient = ordered_json::error_handler_t::replace;  // any octets may come in
constexpr long answer_seconds = 3600;                             // years may have to pass

LabReply refuse(const LabAccess& access, Exit::Code code, const std::string& sentence) {
    return {std::nullopt, fail(code, sentence, access.json)};
}

LabReply pass_on(const LabAccess& access, long status, const ordered_json& problem) {
    const Exit::Code code = status >= 500                    ? Exit::unknown
                            : status == 400 || status == 401 ? Exit::wrong
                                                             : Exit::no;
    if (access.json) std::cout << problem.dump(2, ' ', false, lenient) << std::endl;
    return {std::nullopt,
            fail(code, problem.value("detail", "the lab refused (HTTP " + std::to_string(status) + ")"))};
}

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

// What is not given stands in the environment; or in the state directory, above all if one is named.
Result<LabAccess> complete(LabAccess access) {
    if (access.state.empty()) {
        if (access.url.empty()) access.url = environment("CUSTDKIM_LAB_API");
        if (access.token_file.empty()) access.token_file = environment("CUSTDKIM_LAB_TOKEN_FILE");
    }
    if (!access.url.empty() && !access.token_file.empty()) return access;
    const std::filesystem::path file =
        (access.state.empty() ? usual_state_directory() : access.state) / "endpoints.json";
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return Error{Errc::unavailable,
                     "there is no " + file.string() +
                         "; start a lab with 'custdkim-lab up', or name one with --state, or with --lab and "
                         "--token-file"};
    }
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    const auto document = ordered_json::parse(text, nullptr, false);
    const auto text_at = [&](const char* name) -> std::string {
        if (!document.is_object() || !document.contains(name) || !document[name].is_string()) return "";
        return document[name].get<std::string>();
    };
    if (access.url.empty()) access.url = text_at("lab");
    if (access.token_file.empty()) access.token_file = text_at("token_file");
    if (access.url.empty() || access.token_file.empty()) {
        return invalid(file.string() + " does not say where the lab is; is it from 'custdkim-lab up'?");
    }
    return access;
}

}  // namespace

LabReply ask_lab(const LabAccess& asked, std::string_view method, const std::string& path,
                 const std::string& body) {
    const auto access = complete(asked);
    if (!access) {
        return refuse(asked, access.error().code == Errc::unavailable ? Exit::unknown : Exit::wrong,
                      access.error().detail);
    }
    const auto token = read_token_file(access->token_file);
    if (!token) return refuse(asked, Exit::wrong, token.error().detail);
    api::HttpOrder order;
    order.url = access->url;
    order.method = method;
    order.path = path;
    order.body = body;
    order.answer_seconds = answer_seconds;
    const auto answer = api::call_http(order, *token);
    if (!answer && answer.error().code == Errc::unavailable) {
        return refuse(asked, Exit::unknown,
                      "cannot reach the lab at " + access->url + ": " + answer.error().detail +
                          "; is it still running?");
    }
    if (!answer) return refuse(asked, Exit::wrong, answer.error().detail);
    auto document = ordered_json::parse(answer->body, nullptr, false);
    if (!document.is_object()) {
        return refuse(asked, Exit::unknown, "what answers at " + access->url + " is not a lab; check --lab");
    }
    if (answer->status < 300) return {std::move(document), Exit::done};
    return pass_on(asked, answer->status, document);
}

}  // namespace custdkim::lab
