#include "api/sign_handler.hpp"

#include <nlohmann/json.hpp>

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

Result<SenderCheck> check_author(const Router::Context& context, const std::string& org) {
    const auto message = read_message(context.request.body);
    if (!message) return message.error();
    const auto address = from_address(*message);
    if (!address) return address.error();
    return context.parts.senders.check(*address, org);
}

}  // namespace

http::Response sign_mail(const Router::Context& context) {
    const auto terms = read_terms(context.request);
    if (!terms) return problem(400, "malformed", terms.error().detail);
    auto org = org_meant(context.caller, terms->org);
    if (!org) return other_org(context.caller);
    if (terms->checks_sender) {
        const auto check = check_author(context, *org);
        if (!check) return refuse(context, *org, to_string(check.error().code), check.error());
        org = check->org;
        if (!check->allowed) {
            const std::string why = check->address.text() + " may not send: " + check->detail;
            return refuse(context, *org, "sender-not-allowed", refused(why),
                          {{"sender", check_json(*check)}});
        }
    }
    const auto made = context.parts.signer.sign(context.request.body, *org);
    if (!made) return refuse(context, *org, to_string(made.error().code), made.error());
    return signed_answer(*made);
}

}  // namespace custdkim::api
