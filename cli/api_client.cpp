#include "cli/api_client.hpp"

#include "service/token_file.hpp"

namespace custdkim::cli {

namespace {

Result<SecretBytes> read_token(const ApiAccess& access) {
    if (!sends_token(access)) return SecretBytes();
    return read_token_file(access.token_file);
}

Result<ApiAnswer> told(const ApiAccess& access, Result<ApiAnswer> answer) {
    if (answer || answer.error().code != Errc::unavailable) return answer;
    return Error{Errc::unavailable, "cannot reach custdkim at " + access.url + ": " + answer.error().detail +
                                        "; is 'custdkim serve' running, and --api right?"};
}

}  // namespace

bool sends_token(const ApiAccess& access) {
    std::error_code error;
    const bool is_said = access.token_file != ApiAccess().token_file;
    return !access.token_file.empty() && (is_said || std::filesystem::exists(access.token_file, error));
}

Result<ApiAnswer> call_api(const ApiAccess& access, std::string_view method, std::string_view path,
                           std::string_view body, std::string_view type) {
    const auto token = read_token(access);
    if (!token) return token.error();
    api::HttpOrder order{access.url, method, path, body, type, access.answer_seconds};
    order.ca_file = access.ca_file;
    order.idempotency_key = access.idempotency_key;
    return told(access, api::call_http(order, *token));
}

Result<ApiAnswer> stream_api(const ApiAccess& access, std::string_view method, std::string_view path,
                             const api::HttpStream& stream, std::string_view accept) {
    const auto token = read_token(access);
    if (!token) return token.error();
    api::HttpOrder order{access.url, method, path};
    order.accept = accept;
    order.ca_file = access.ca_file;
    return told(access, api::stream_http(order, *token, stream));
}

}  // namespace custdkim::cli
