#include "api/sign_handler.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "api/handling.hpp"
#include "api/org_scope.hpp"
#include "api/problem.hpp"
#include "api/sender_handlers.hpp"
#include "sending/from_domain.hpp"

namespace custdkim::api {

namespace {

using nlohmann::ordered_json;

struct SignTerms {
    std::string org;
    bool checks_sender = false;
};

Result<SignTerms> read_terms(const http::Request& request) {
    SignTerms terms;
    for (const auto& [name, value] : request.query) {
        if (name == "org") {
            terms.org = value;
        } else if (name == "sender") {
            if (value != "checked" && value != "any") return invalid("'sender' must be checked or any");
            terms.checks_sender = value == "checked";
        } else {
            return no_such_parameter(name, "org and sender");
        }
    }
    return terms;
}

ordered_json to_json(const MadeSignature& signature) {
    return {{"header", signature.header},     {"domain", signature.domain},
            {"selector", signature.selector}, {"key", signature.key_id},
            {"pair", signature.pair},         {"algorithm", algorithm_of(signature)}};
}

// The first signature is told twice: that is what the answer was when a message had one only.
http::Response signed_answer(const SignedMessage& made) {
    ordered_json document = to_json(made.signatures.front());
    document.erase("algorithm");
    document["header"] = made.header();
    ordered_json& signatures = document["signatures"] = ordered_json::array();
    for (const MadeSignature& signature : made.signatures) signatures.push_back(to_json(signature));
    return {200, "application/json", document.dump(2) + "\n", {}};
}

// What becomes of mail that nothing may sign; what is our own failure says nothing about that.
http::Response refuse(const Router::Context& context, const std::string& org, std::string_view kind,
                      const Error& error, ordered_json members = ordered_json::object()) {
    if (error.code != Errc::invalid && error.code != Errc::refused) return problem(error);
    const auto organisation = context.parts.access.organisation(org);
    if (!organisation) return problem(organisation.error());
    if (!org.empty() && !*organisation) {  // a mistake in whoever asks, and no fault of the mail
        const auto keys = context.parts.access.count_keys_of(org);
        if (!keys) return problem(keys.error());
        if (*keys == 0) return problem(no_org(org));
    }
    const bool passes = *organisation && (*organisation)->unsigned_mail == UnsignedMail::pass;
    members["unsigned"] = to_string(passes ? UnsignedMail::pass : UnsignedMail::reject);
    return problem(status_of(error.code), kind, error.detail, members);
}

http::Response refuse(const Router::Context& context, const std::string& org, const Error& error) {
    return refuse(context, org, to_string(error.code), error);
}

// What is answered where the message may not be signed for who asks, whoever would sign it; else `org` is
// whose keys may.
std::optional<http::Response> refuse_terms(const Router::Context& context, const Result<MailMessage>& message,
                                           std::string& org) {
    const auto terms = read_terms(context.request);
    if (!terms) return problem(400, "malformed", terms.error().detail);
    const auto meant = org_meant(context.caller, terms->org);
    if (!meant) return other_org(context.caller);
    org = *meant;
    if (!message) return refuse(context, org, message.error());
    if (!terms->checks_sender) return std::nullopt;
    const auto address = from_address(*message);
    if (!address) return refuse(context, org, address.error());
    const auto check = context.parts.senders.check(*address, org);
    if (!check) return refuse(context, org, check.error());
    org = check->org;
    if (check->allowed) return std::nullopt;
    const std::string why = check->address.text() + " may not send: " + check->detail;
    return refuse(context, org, "sender-not-allowed", refused(why), {{"sender", check_json(*check)}});
}

// Whether the line behind the header is there; it ends at `from` or behind that.
bool has_empty_line(std::string_view text, std::size_t from) {
    return text.starts_with("\n") || text.starts_with("\r\n") || text.find("\n\n", from) != text.npos ||
           text.find("\n\r\n", from) != text.npos;
}

// A message on its way in: what its header says decides who signs it, and its body is hashed.
class Intake final : public http::BodySink {
  public:
    explicit Intake(const Router::Context& context) : context_(context) {}

    void take(std::string_view octets) override {
        if (refusal_ || octets.empty()) return;
        if (passing_) return pass(octets);
        const std::size_t from = std::max<std::size_t>(header_.size(), 2) - 2;
        header_.append(octets);
        // Lines of a few octets need more room than read_message() counts.
        const bool is_too_large = header_.size() > 4 * max_header_octets;
        if (is_too_large || has_empty_line(header_, from)) begin();
    }

    http::Response finish() override {
        if (!refusal_ && !passing_) begin();
        if (refusal_) return std::move(*refusal_);
        const auto made = passing_->finish();
        return made ? signed_answer(*made) : refuse(context_, org_, made.error());
    }

  private:
    void begin() {
        const auto message = read_message(header_);
        refusal_ = refuse_terms(context_, message, org_);
        if (refusal_) return;
        auto passing = context_.parts.signer.begin(*message, org_);
        if (!passing) return refuse_for(passing.error());
        passing_.emplace(std::move(*passing));
        pass(message->body);
        std::string().swap(header_);
    }

    void pass(std::string_view octets) {
        if (const auto passed = passing_->body(octets); !passed) refuse_for(passed.error());
    }

    void refuse_for(const Error& error) { refusal_ = refuse(context_, org_, error); }

    const Router::Context context_;
    std::string org_;
    std::string header_;  // until it is whole
    std::optional<PassingMessage> passing_;
    std::optional<http::Response> refusal_;
};

}  // namespace

std::unique_ptr<http::BodySink> open_mail(const Router::Context& context) {
    return std::make_unique<Intake>(context);
}

http::Response sign_mail(const Router::Context& context) {
    const auto message = read_message(context.request.body);
    std::string org;
    if (auto refusal = refuse_terms(context, message, org)) return std::move(*refusal);
    const auto made = context.parts.signer.sign(*message, org);
    return made ? signed_answer(*made) : refuse(context, org, made.error());
}

}  // namespace custdkim::api
