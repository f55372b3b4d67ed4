#include "milter/sign_client.hpp"

namespace custdkim::milter {

namespace {

std::string path_for(const SignService& service) {
    const auto if_set = [](bool is_set, std::string value) {
        return is_set ? std::optional(std::move(value)) : std::nullopt;
    };
    return api::with_query("/v1/sign", {{"sender", if_set(service.checks_sender, "checked")},
                                        {"org", if_set(!service.org.empty(), service.org)}});
}

}  // namespace

SignClient::SignClient(SignService service, SecretBytes token)
    : service_(std::move(service)), token_(std::move(token)), path_(path_for(service_)) {}

Result<api::HttpAnswer> SignClient::sign(std::string_view message) {
    api::HttpOrder order{service_.url, "POST", path_, message, "message/rfc822", service_.answer_seconds};
    order.ca_file = service_.ca_file;
    Session session = take();
    auto answer = session->call(order, token_);
    put_back(std::move(session));
    return answer;
}

SignClient::Session SignClient::take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<api::HttpSession>();
    Session session = std::move(idle_.back());
    idle_.pop_back();
    return session;
}

void SignClient::put_back(Session session) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < service_.idle_sessions) idle_.push_back(std::move(session));
}

}  // namespace custdkim::milter
