#include "lab/serving/control_handlers.hpp"

#include <charconv>

#include "api/problem.hpp"
#include "dns/customer_domain.hpp"
#include "lab/catalogue/catalogue_text.hpp"
#include "lab/serving/customer_request.hpp"
#include "lab/serving/lab_json.hpp"

namespace custdkim::lab {

using api::problem;
using http::Response;
using nlohmann::ordered_json;
using Context = Control::Context;

namespace {

constexpr std::size_t default_queries = 1000;

Response json(unsigned status, const ordered_json& document) {
    // A name may have any octets in it.
    constexpr auto lenient = ordered_json::error_handler_t::replace;
    return {status, "application/json", document.dump(2, ' ', false, lenient) + "\n", {}};
}

ordered_json shown(const Context& context, const Customer& customer) {
    return customer_json(customer, context.parts.catalogue.find(customer.misconfiguration));
}

Response answer(const Context& context, const Result<Customer>& customer, unsigned status = 200) {
    if (!customer) return problem(customer.error());
    ordered_json document = shown(context, *customer);
    document["zone"] = customer->zone;
    return json(status, document);
}

// ?name= and ?limit=; anything else is refused.
struct Selection {
    std::optional<WireName> name;  // folded
    std::size_t limit = default_queries;
};

Result<Selection> read_selection(const http::Request& request, bool takes_limit) {
    Selection selection;
    for (const auto& [name, value] : request.query) {
        if (name == "name") {
            const auto parsed = wire_name(value);
            if (!parsed) return parsed.error();
            selection.name = fold_case(*parsed);
        } else if (name == "limit" && takes_limit) {
            const char* const end = value.data() + value.size();
            const auto [stop, error] = std::from_chars(value.data(), end, selection.limit);
            if (error != std::errc() || stop != end || selection.limit == 0) {
                return invalid("'limit' must be a number from 1");
            }
        } else {
            return invalid("there is no query parameter '" + name.substr(0, 80) + "' here; there is name" +
                           (takes_limit ? ", and limit" : ""));
        }
    }
    return selection;
}

ordered_json clock_json(const Context& context) {
    return {{"now", format_rfc3339(context.parts.clock.now())}, {"kind", context.parts.clock.kind()}};
}

}  // namespace

Response show_health(const Context& context) {
    return json(200, {{"status", "serving"}, {"misconfigurations", context.parts.catalogue.all().size()}});
}

Response list_misconfigurations(const Context& context) {
    return {200, "application/json", list_json(context.parts.catalogue), {}};
}

Response show_misconfiguration(const Context& context) {
    const Misconfiguration* const found = context.parts.catalogue.find(context.argument);
    if (!found) {
        return problem({Errc::not_found, "there is no misconfiguration '" + context.argument.substr(0, 80) +
                                             "'; GET /v1/misconfigurations lists them"});
    }
    return {200, "application/json", to_json(*found), {}};
}

Response list_customers(const Context& context) {
    ordered_json list = ordered_json::array();
    for (const Customer& customer : context.parts.customers.list()) list.push_back(shown(context, customer));
    return json(200, {{"customers", std::move(list)}});
}

Response show_customer(const Context& context) {
    const auto domain = dns::read_customer_domain(context.argument);
    if (!domain) return problem(domain.error());
    return answer(context, context.parts.customers.find(*domain));
}

Response set_customer(const Context& context) {
    const auto domain = dns::read_customer_domain(context.argument);
    if (!domain) return problem(domain.error());
    const auto request = read_customer_request(context.request.body);
    if (!request) return problem(400, "malformed", request.error().detail);
    return answer(context, context.parts.customers.set(*domain, *request));
}

Response fix_customer(const Context& context) {
    const auto domain = dns::read_customer_domain(context.argument);
    if (!domain) return problem(domain.error());
    const auto keep_cache = read_keep_cache(context.request.body);
    if (!keep_cache) return problem(400, "malformed", keep_cache.error().detail);
    return answer(context, context.parts.customers.fix(*domain, *keep_cache));
}

// For a real name server: the zone as the customer's provider has it in a file.
Response export_zone(const Context& context) {
    const auto domain = dns::read_customer_domain(context.argument);
    if (!domain) return problem(domain.error());
    unsigned server = 1;
    for (const auto& [name, value] : context.request.query) {
        const char* const end = value.data() + value.size();
        const auto [stop, error] = std::from_chars(value.data(), end, server);
        if (name != "server" || error != std::errc() || stop != end) {
            return problem({Errc::invalid, "the only query parameter is server, a number from 1 to 5"});
        }
    }
    const auto zone = context.parts.internet.export_zone(*domain, server);
    if (!zone) return problem(zone.error());
    return {200, "text/dns; charset=utf-8", *zone, {}};
}

Response remove_customer(const Context& context) {
    const auto domain = dns::read_customer_domain(context.argument);
    if (!domain) return problem(domain.error());
    const auto keep_cache = read_keep_cache(context.request.body);
    if (!keep_cache) return problem(400, "malformed", keep_cache.error().detail);
    const auto removed = context.parts.customers.remove(*domain, *keep_cache);
    if (!removed) return problem(removed.error());
    return json(200, {{"domain", domain->text()}, {"removed", *removed}});
}

Response list_queries(const Context& context) {
    const auto selection = read_selection(context.request, true);
    if (!selection) return problem(selection.error());
    ordered_json list = ordered_json::array();
    for (const LoggedQuery& query : context.parts.log.list({selection->name, selection->limit})) {
        list.push_back(query_json(query));
    }
    return json(200, {{"queries", std::move(list)}, {"forgotten", context.parts.log.forgotten()}});
}

Response clear_queries(const Context& context) {
    const auto selection = read_selection(context.request, false);
    if (!selection) return problem(selection.error());
    return json(200, {{"cleared", context.parts.log.clear(selection->name)}});
}

Response flush_cache(const Context& context) {
    const auto selection = read_selection(context.request, false);
    if (!selection) return problem(selection.error());
    if (selection->name) {
        context.parts.resolver.flush(*selection->name);
    } else {
        context.parts.resolver.flush();
    }
    return json(200, {{"flushed", selection->name ? to_text(*selection->name) : "."}});
}

Response show_clock(const Context& context) { return json(200, clock_json(context)); }

Response advance_clock(const Context& context) {
    const auto by = read_advance(context.request.body);
    if (!by) return problem(400, "malformed", by.error().detail);
    const auto steps = context.parts.clock.advance(*by);
    if (!steps) return problem(steps.error());
    ordered_json document = clock_json(context);
    document["steps"] = *steps;
    return json(200, document);
}

// What a real recursive resolver needs to iterate through the lab.
Response show_root(const Context& context) {
    ordered_json document = {{"hints", context.parts.internet.root_hints()},
                             {"trust_anchor", context.parts.internet.trust_anchor()}};
    const bool listens = context.parts.authority_port != 0;
    document["port"] = listens ? ordered_json(context.parts.authority_port) : ordered_json(nullptr);
    document["addresses"] = listens ? context.parts.internet.addresses() : std::vector<std::string>();
    return json(200, document);
}

}  // namespace custdkim::lab
