#include "api/handlers.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "api/conditional.hpp"
#include "api/csv.hpp"
#include "api/event_json.hpp"
#include "api/event_stream.hpp"
#include "api/handling.hpp"
#include "api/key_answer.hpp"
#include "api/key_json.hpp"
#include "api/key_query.hpp"
#include "api/list_query.hpp"
#include "api/org_scope.hpp"
#include "api/problem.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

// What an order may say in its body, if it has one: flags.
Result<std::map<std::string, bool>> read_flags(const std::string& body, const std::set<std::string>& known) {
    std::map<std::string, bool> flags;
    for (const std::string& name : known) flags[name] = false;
    if (body.empty()) return flags;
    const auto document = read_object(body);
    if (!document) return document.error();
    for (const auto& item : document->items()) {
        if (!known.contains(item.key()))
            return invalid("there is no field '" + item.key().substr(0, 80) + "' here");
        if (!item.value().is_boolean())
            return invalid("the field '" + item.key() + "' must be true or false");
        flags[item.key()] = item.value().get<bool>();
    }
    return flags;
}

// The body of an activation, if it has one.
Result<ActivationTerms> read_terms(const std::string& body) {
    ActivationTerms terms;
    if (body.empty()) return terms;
    const auto document = read_object(body);
    if (!document) return document.error();
    for (const auto& item : document->items()) {
        if (item.key() == "force" && item.value().is_boolean()) {
            terms.force = item.value().get<bool>();
        } else if (item.key() == "reason" && item.value().is_string()) {
            terms.reason = item.value().get<std::string>();
        } else {
            return invalid("there is no field '" + item.key().substr(0, 80) +
                           "' like this here; there are force, which is true or false, and reason, a string");
        }
    }
    return terms;
}

ordered_json consequence_json(const Router::Context& context, const Key& key,
                              const Consequence& consequence) {
    return {{"selector", consequence.selector},
            {"signed_since", format_rfc3339(consequence.signed_since)},
            {"signed_until", format_rfc3339(consequence.signed_until)},
            {"signed_here", context.parts.signer.signed_since(key.id, consequence.signed_since)},
            {"revoked", consequence.is_revoked}};
}

// With the field that is to be typed anew, for whoever shows a form.
http::Response refuse_creation(const Router::Context& context, const KeyRequest& request,
                               const Error& error) {
    std::string_view field = field_at_fault(request, context.parts.registry.settings().zones);
    if (field.empty() && error.code == Errc::conflict) field = "selector";  // another key has it
    if (field.empty()) return problem(error);
    return problem(status_of(error.code), to_string(error.code), error.detail, {{"field", field}});
}

bool wants_stream(const http::Request& request) {
    return request.method != "HEAD" &&
           request.header("accept").find("text/event-stream") != std::string_view::npos;
}

// Last-Event-ID is what a browser sends that was cut off: it knows better than the URL, which it repeats.
http::Response event_stream(const Router::Context& context, EventFilter filter) {
    const std::string last(context.request.header("last-event-id"));
    if (!last.empty()) {
        const auto number = read_number("Last-Event-ID", last, 0, INT64_MAX);
        if (!number) return problem(number.error());
        filter.after = *number;
    } else if (!context.request.query.contains("after")) {
        const auto newest = context.parts.feed.newest();
        if (!newest) return problem(newest.error());
        filter.after = *newest;
    }
    auto place = context.parts.feed.take_place(context.caller.token);
    if (!place) {
        return problem(503, "busy",
                       context.caller.name + " reads 64 streams already, its share; close one of them");
    }
    const auto may_read = [&tokens = context.parts.tokens, caller = context.caller] {
        return tokens.is_still_valid(caller);
    };
    http::Response response{200, "text/event-stream", "", {{"X-Accel-Buffering", "no"}}};
    response.stream = std::make_shared<EventStream>(
        context.parts.feed, std::move(filter), EventReader{context.caller.org, may_read, std::move(place)});
    return response;
}

// What makes the creation safe to be asked for twice, if the client said that.
Result<std::optional<IdempotencyKey>> read_once(const Router::Context& context) {
    const std::string_view header = context.request.header("idempotency-key");
    if (header.empty()) return std::optional<IdempotencyKey>();
    const auto key = read_idempotency_key(header);
    if (!key) return key.error();
    return std::optional(IdempotencyKey{context.caller.name, *key, sha256(context.request.body)});
}

}  // namespace

http::Response health(const Router::Context& context) {
    ordered_json zones = ordered_json::array();
    for (const ServedZone* const zone : context.parts.zones.all()) {
        zones.push_back({{"name", zone->name().text()}, {"serial", zone->serial()}});
    }
    return json(200, {{"status", "serving"}, {"zones", std::move(zones)}});
}

http::Response show_metrics(const Router::Context& context) {
    if (!context.parts.metrics) return problem({Errc::not_found, "this service has no metrics"});
    return metrics_response(context.parts.metrics());
}

http::Response list_keys(const Router::Context& context) {
    auto query = read_key_query(context.request);
    if (!query) return problem(query.error());
    const auto org = org_meant(context.caller, query->list.org);
    if (!org) return other_org(context.caller);
    query->list.org = *org;
    const auto page = find_keys(context, *query);
    if (!page) return problem(page.error());
    if (wants_csv(context.request)) {
        std::vector<CsvRow> rows = {key_row_names()};
        for (const Key& key : page->keys) rows.push_back(key_row(key, moment_of(context, key)));
        return csv(rows, page->next);
    }
    ordered_json keys = ordered_json::array();
    for (const Key& key : page->keys) keys.push_back(shown(context, key));
    return json(200, {{"keys", std::move(keys)}, {"next", next_json(page->next)}});
}

http::Response create_key(const Router::Context& context) {
    const auto request = read_key_request(context.request.body);
    if (!request) return problem(400, "malformed", request.error().detail);
    const auto once = read_once(context);
    if (!once) return problem(400, "malformed", once.error().detail);
    if (!org_meant(context.caller, request->org.value_or(""))) return other_org(context.caller);
    const auto key = context.parts.registry.create(*request, reader_of(context), *once);
    if (!key) return refuse_creation(context, *request, key.error());
    http::Response response = key_answer(context, *key, 201);
    response.headers.emplace_back("Location", "/v1/keys/" + key->id);
    return response;
}

http::Response show_key(const Router::Context& context) {
    const auto key = context.parts.registry.find(context.argument, reader_of(context));
    if (!key) return problem(key.error());
    http::Response response = key_answer(context, *key);
    const std::string_view header = context.request.header("if-none-match");
    if (header.empty()) return response;
    const auto seen = read_entity_tags(header);
    if (!seen) return problem(400, "malformed", seen.error().detail);
    if (!seen->match_weakly(response.headers.back().second)) return response;
    return {304, "application/json", "", std::move(response.headers)};
}

http::Response delete_key(const Router::Context& context) {
    const auto mandate = mandate_of(context);
    if (!mandate) return problem(400, "malformed", mandate.error().detail);
    const auto deletion = context.parts.registry.remove(context.argument, *mandate);
    if (!deletion) return problem(deletion.error());
    return json(200, {{"id", deletion->key.id},
                      {"domain", deletion->key.domain.text()},
                      {"deleted_at", format_rfc3339(*deletion->key.deleted_at)},
                      {"withdrawn", deletion->withdrawn},
                      {"withdraw_at", format_rfc3339(deletion->withdraw_at)}});
}

http::Response verify_key(const Router::Context& context) {
    const auto mandate = mandate_of(context);
    if (!mandate) return problem(400, "malformed", mandate.error().detail);
    return key_answer(context, context.parts.orders.verify(context.argument, *mandate));
}

http::Response activate_key(const Router::Context& context) {
    const auto terms = read_terms(context.request.body);
    if (!terms) return problem(400, "malformed", terms.error().detail);
    const auto mandate = mandate_of(context);
    if (!mandate) return problem(400, "malformed", mandate.error().detail);
    KeyOrders& orders = context.parts.orders;
    const auto gate = orders.pass_gate(context.argument, *terms, *mandate);
    if (!gate && terms->force && !orders.may_force()) return problem(403, "forbidden", gate.error().detail);
    if (!gate) return problem(gate.error());
    if (!gate->refusal) return key_answer(context, gate->key);
    const bool fails = gate->refusal->code == Errc::refused;
    return problem(fails ? 409 : status_of(gate->refusal->code),
                   fails ? "not-verified" : to_string(gate->refusal->code), gate->refusal->detail,
                   {{"findings", findings_json(gate->key)}});
}

http::Response deactivate_key(const Router::Context& context) {
    const auto mandate = mandate_of(context);
    if (!mandate) return problem(400, "malformed", mandate.error().detail);
    return key_answer(context, context.parts.orders.deactivate(context.argument, *mandate));
}

http::Response rotate_key(const Router::Context& context) {
    const auto flags = read_flags(context.request.body, {"compromised", "only_tell"});
    if (!flags) return problem(400, "malformed", flags.error().detail);
    const auto mandate = mandate_of(context);
    if (!mandate) return problem(400, "malformed", mandate.error().detail);
    const auto order = context.parts.orders.rotate(context.argument, flags->at("compromised"),
                                                   flags->at("only_tell"), *mandate);
    if (!order) return problem(order.error());
    return json(200, {{"key", shown(context, order->key)},
                      {"selector", order->key.slots[order->forecast.slot].selector},
                      {"publish_at", format_rfc3339(order->forecast.publish_at)},
                      {"sign_at", format_rfc3339(order->forecast.sign_at)},
                      {"why", order->forecast.why},
                      {"mail", consequence_json(context, order->key, order->consequence)}});
}

http::Response revoke_key(const Router::Context& context) {
    const auto flags = read_flags(context.request.body, {"only_tell"});
    if (!flags) return problem(400, "malformed", flags.error().detail);
    const auto mandate = mandate_of(context);
    if (!mandate) return problem(400, "malformed", mandate.error().detail);
    const auto revocation = context.parts.orders.revoke(context.argument, flags->at("only_tell"), *mandate);
    if (!revocation) return problem(revocation.error());
    ordered_json mail = ordered_json::array();
    for (const auto& consequence : revocation->consequences) {
        mail.push_back(consequence_json(context, revocation->key, consequence));
    }
    return json(200, {{"key", shown(context, revocation->key)}, {"mail", std::move(mail)}});
}

http::Response list_events(const Router::Context& context) {
    EventFilter filter;
    for (const auto& [name, value] : context.request.query) {
        if (name == "key") {
            filter.key_id = value;
        } else if (name == "limit" || name == "after") {
            const bool is_limit = name == "limit";
            const auto number = read_number(name, value, is_limit ? 1 : 0, is_limit ? max_page : INT64_MAX);
            if (!number) return problem(number.error());
            (is_limit ? filter.limit : filter.after) = *number;
        } else {
            return problem(no_such_parameter(name, "key, after and limit"));
        }
    }
    if (wants_stream(context.request)) return event_stream(context, filter);
    // Events have no index of organisations: it would be written all over by every commit.
    const std::string& own = context.caller.org;
    ordered_json list = ordered_json::array();
    std::size_t looked_at = 0;
    bool more = true;
    while (more && list.size() < filter.limit && looked_at < most_looked_at) {
        const auto events = context.parts.store.events(filter);
        if (!events) return problem(events.error());
        more = events->size() == filter.limit;
        looked_at += events->size();
        for (const Event& event : *events) {
            if (list.size() == filter.limit) {
                more = true;
                break;
            }
            filter.after = event.number;
            if (own.empty() || event.org == own) list.push_back(event_json(event));
        }
    }
    return json(200,
                {{"events", std::move(list)}, {"next", next_json(more ? std::to_string(filter.after) : "")}});
}

}  // namespace custdkim::api
