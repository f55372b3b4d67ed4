#include "api/sender_handlers.hpp"

#include <nlohmann/json.hpp>

#include "api/csv.hpp"
#include "api/handling.hpp"
#include "api/list_query.hpp"
#include "api/org_scope.hpp"
#include "api/problem.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

constexpr const char* default_org = "default";

std::string_view status_of(const Sender& sender, Timestamp now) {
    if (sender.confirmed_at) return "confirmed";
    return now < sender.code_ends_at ? "waiting" : "expired";
}

ordered_json sender_json(const Sender& sender, Timestamp now) {
    return {{"address", sender.address},
            {"org", sender.org},
            {"status", status_of(sender, now)},
            {"added_at", format_rfc3339(sender.added_at)},
            {"confirmed_at", time_json(sender.confirmed_at)},
            {"code_ends_at", sender.code ? time_json(sender.code_ends_at) : ordered_json(nullptr)}};
}

CsvRow sender_row(const Sender& sender, Timestamp now) {
    return {sender.address, sender.org, std::string(status_of(sender, now)), format_rfc3339(sender.added_at),
            sender.confirmed_at ? format_rfc3339(*sender.confirmed_at) : ""};
}

struct SenderList {
    ListQuery query;
    std::optional<bool> confirmed;
};

Result<SenderList> read_list(const http::Request& request) {
    SenderList list;
    for (const auto& [name, value] : request.query) {
        const auto taken = take_parameter(list.query, name, value);
        if (!taken) return taken.error();
        if (*taken) continue;
        if (name != "confirmed") return no_such_parameter(name, "domain, confirmed, org, after and limit");
        if (value != "true" && value != "false") return invalid("'confirmed' must be true or false");
        list.confirmed = value == "true";
    }
    return list;
}

// What is asked for in the query of an address: it, and whose it is.
struct Question {
    std::string address, org;
};

Result<Question> read_question(const http::Request& request, bool has_address) {
    Question question;
    for (const auto& [name, value] : request.query) {
        if (name == "org") {
            question.org = value;
        } else if (name == "address" && has_address) {
            question.address = value;
        } else {
            return no_such_parameter(name, has_address ? "address and org" : "org");
        }
    }
    return question;
}

std::string or_default(const std::string& org) { return org.empty() ? default_org : org; }

// The string members of an object that has no others.
Result<std::map<std::string, std::string>> read_strings(const std::string& body,
                                                        const std::vector<std::string>& known) {
    const auto document = read_object(body);
    if (!document) return document.error();
    std::map<std::string, std::string> strings;
    for (const auto& item : document->items()) {
        if (std::find(known.begin(), known.end(), item.key()) == known.end()) {
            return invalid("there is no field '" + item.key().substr(0, 80) + "' here");
        }
        if (!item.value().is_string()) return invalid("the field '" + item.key() + "' must be a string");
        strings[item.key()] = item.value().get<std::string>();
    }
    return strings;
}

Timestamp now_of(const Router::Context& context) { return context.parts.registry.clock().now(); }

}  // namespace

ordered_json check_json(const SenderCheck& check) {
    ordered_json keys = ordered_json::array();
    for (const SigningChoice& key : check.keys) {
        keys.push_back({{"id", key.key_id},
                        {"domain", key.domain},
                        {"match", to_string(key.match)},
                        {"type", to_string(key.type)},
                        {"selector", key.selector}});
    }
    return {{"address", check.address.text()},
            {"org", check.org.empty() ? ordered_json(nullptr) : ordered_json(check.org)},
            {"allowed", check.allowed},
            {"reason", to_string(check.reason)},
            {"detail", check.detail},
            {"fix", check.fix},
            {"keys", std::move(keys)}};
}

http::Response check_sender(const Router::Context& context) {
    const auto question = read_question(context.request, true);
    if (!question) return problem(question.error());
    const auto org = org_meant(context.caller, question->org);
    if (!org) return other_org(context.caller);
    const auto address = read_address(question->address);
    if (!address) return problem(address.error());
    const auto check = context.parts.senders.check(*address, *org);
    return check ? json(200, check_json(*check)) : problem(check.error());
}

http::Response list_senders(const Router::Context& context) {
    const auto list = read_list(context.request);
    if (!list) return problem(list.error());
    const ListQuery& query = list->query;
    const auto org = org_meant(context.caller, query.org);
    if (!org) return other_org(context.caller);
    const std::string domain = query.domain ? query.domain->text() : "";
    const auto page = context.parts.senders.list({*org, domain, list->confirmed, query.after, query.limit});
    if (!page) return problem(page.error());
    const Timestamp now = now_of(context);
    if (wants_csv(context.request)) {
        std::vector<CsvRow> rows = {{"address", "org", "status", "added_at", "confirmed_at"}};
        for (const Sender& sender : page->senders) rows.push_back(sender_row(sender, now));
        return csv(rows, page->next);
    }
    ordered_json senders = ordered_json::array();
    for (const Sender& sender : page->senders) senders.push_back(sender_json(sender, now));
    return json(200, {{"senders", std::move(senders)}, {"next", next_json(page->next)}});
}

http::Response add_sender(const Router::Context& context) {
    auto fields = read_strings(context.request.body, {"address", "org"});
    if (!fields) return problem(400, "malformed", fields.error().detail);
    const auto org = org_meant(context.caller, (*fields)["org"]);
    if (!org) return other_org(context.caller);
    const auto address = read_address((*fields)["address"]);
    if (!address) return problem(address.error());
    const auto made = context.parts.senders.add(*address, or_default(*org), context.caller);
    if (!made) return problem(made.error());
    context.parts.bell.ring();
    ordered_json document = sender_json(made->sender, now_of(context));
    document["code"] = made->code;
    http::Response response = json(201, document);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

http::Response confirm_sender(const Router::Context& context) {
    auto fields = read_strings(context.request.body, {"code"});
    if (!fields) return problem(400, "malformed", fields.error().detail);
    const auto sender = context.parts.senders.confirm((*fields)["code"], context.caller);
    if (!sender) return problem(sender.error());
    context.parts.bell.ring();
    return json(200, sender_json(*sender, now_of(context)));
}

http::Response remove_sender(const Router::Context& context) {
    const auto question = read_question(context.request, false);
    if (!question) return problem(question.error());
    const auto org = org_meant(context.caller, question->org);
    if (!org) return other_org(context.caller);
    const auto address = read_address(context.argument);
    if (!address) return problem(address.error());
    const auto gone = context.parts.senders.remove(*address, or_default(*org), context.caller);
    if (!gone) return problem(gone.error());
    context.parts.bell.ring();
    return json(200, {{"address", gone->address}, {"org", gone->org}});
}

}  // namespace custdkim::api
