#include "cli/api_client.hpp"

#include "service/token_file.hpp"

namespace custdkim::cli {

Result<ApiAnswer> call_api(const ApiAccess& access, std::string_view method, std::string_view path,
                           std::string_view body, std::string_view type) {
    const Result<SecretBytes> token =
        access.token_file.empty() ? Result<SecretBytes>(SecretBytes()) : read_token_file(access.token_file);
    if (!token) return token.error();
    auto answer = api::call_http({access.url, method, path, body, type, access.answer_seconds}, *token);
    if (!answer && answer.error().code == Errc::unavailable) {
        return Error{Errc::unavailable, "cannot reach custdkim at " + access.url + ": " +
                                            answer.error().detail +
                                            "; is 'custdkim serve' running, and --api right?"};
    }
    return answer;
}

}  // namespace custdkim::cli
