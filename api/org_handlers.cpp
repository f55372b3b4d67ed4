#include "api/org_handlers.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <span>

#include "api/conditional.hpp"
#include "api/handling.hpp"
#include "api/key_answer.hpp"
#include "api/key_json.hpp"
#include "api/list_query.hpp"
#include "api/org_scope.hpp"
#include "api/problem.hpp"
#include "keys/access.hpp"
#include "keys/digest.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

constexpr std::size_t default_page = 100;
constexpr std::size_t most_description = 300;  // octets
constexpr std::size_t most_counted = 10000;    // keys, for their statuses
constexpr std::size_t looked_at_once = 200;    // others wait for the store no longer than that takes

ordered_json org_json(const Organisation& org) {
    return {{"name", org.name},
            {"description", org.description},
            {"user_verification", org.verifies_users ? "required" : "off"},
            {"unsigned", to_string(org.unsigned_mail)},
            {"created_at", format_rfc3339(org.created_at)}};
}

Result<Organisation> find_org(const Router::Context& context) {
    const std::string& name = context.argument;
    if (!context.caller.org.empty() && context.caller.org != name) return no_org(name);
    auto org = context.parts.access.organisation(name);
    if (!org) return org.error();
    if (!*org) return no_org(name);
    return std::move(**org);
}

// Adds how many keys the organisation has, and how many of each status. A status follows from all that is
// known of a key, so that each must be looked at: null where there are too many for that.
Result<void> add_counts(const Router::Context& context, ordered_json& org) {
    const std::string name = org["name"];
    const auto total = context.parts.access.count_keys_of(name);
    if (!total) return total.error();
    std::map<std::string, std::uint64_t> counts;
    KeyFilter filter;
    filter.org = name;
    filter.limit = looked_at_once;
    const bool is_looked_at = *total <= most_counted;
    while (is_looked_at) {
        auto page = context.parts.registry.list(filter);
        if (!page) return page.error();
        for (const Key& key : page->keys) {
            ++counts[key.deleted_at ? "deleted" : std::string(shown_status(key, moment_of(context, key)))];
        }
        filter.after = page->next;
        if (filter.after.empty()) break;
    }
    org["keys"]["total"] = *total;
    for (const char* status : {"inactive", "active", "held", "deleted"}) {
        org["keys"][status] = is_looked_at ? ordered_json(counts[status]) : ordered_json(nullptr);
    }
    return {};
}

// One field of an organisation. `invalid` where there is none of that name, or it cannot have that value.
Result<void> set_field(Organisation& org, const std::string& name, const std::string& value) {
    if (name == "description") {
        org.description = value;
    } else if (name == "user_verification") {
        if (value != "required" && value != "off") {
            return invalid("the field 'user_verification' must be required or off");
        }
        org.verifies_users = value == "required";
    } else if (name == "unsigned") {
        const auto what = parse_unsigned_mail(value);
        if (!what) return invalid("the field 'unsigned' must be reject or pass");
        org.unsigned_mail = *what;
    } else {
        return invalid("there is no field '" + name.substr(0, 80) +
                       "'; there are description, user_verification and unsigned");
    }
    return {};
}

// The body of POST /v1/orgs, which has a name, and of PATCH /v1/orgs/{name}, which has not.
Result<Organisation> read_org(const std::string& body, Organisation org, bool is_new) {
    const auto document = read_object(body);
    if (!document) return document.error();
    for (const auto& item : document->items()) {
        if (!item.value().is_string()) return invalid("the field '" + item.key() + "' must be a string");
        const auto value = item.value().get<std::string>();
        if (is_new && item.key() == "name") {
            org.name = value;
        } else if (auto set = set_field(org, item.key(), value); !set) {
            return set.error();
        }
    }
    return org;
}

// Lists are shown on terminals.
Result<void> check_org(const Organisation& org) {
    if (auto fits = check_plain_name(org.name, "an organisation"); !fits) return fits;
    const auto is_control = [](unsigned char octet) { return octet < 0x20 || octet == 0x7f; };
    if (org.description.size() > most_description ||
        std::any_of(org.description.begin(), org.description.end(), is_control)) {
        return invalid("the description must be one line of at most 300 octets");
    }
    return {};
}

Event event_of(const Router::Context& context, const char* action, const std::string& org) {
    return {0, context.parts.registry.clock().now(), context.caller.name, action, "", "", org, org};
}

// What a client may have seen of it: not how many keys there are.
std::string tag_of(const Organisation& org) {
    const Sha256 digest = sha256(org_json(org).dump());
    return '"' + to_hex(std::span(digest).first(8)) + '"';
}

http::Response org_answer(const Organisation& org, const ordered_json& document, unsigned status = 200) {
    http::Response response = json(status, document);
    response.headers.emplace_back("ETag", tag_of(org));
    return response;
}

// That which is to be changed, on the condition that If-Match gives (RFC 9110 section 13.1.1).
Result<Organisation> find_to_change(const Router::Context& context) {
    auto org = find_org(context);
    const std::string_view header = context.request.header("if-match");
    if (!org || header.empty()) return org;
    const auto tags = read_entity_tags(header);
    if (!tags) return tags.error();
    if (tags->match_strongly(tag_of(*org))) return org;
    return Error{Errc::changed, "the organisation " + org->name + " has changed since you looked"};
}

// What is seen of an organisation and what is made of it is one step: nobody else's change gets between.
std::mutex& changing() {
    static std::mutex mutex;
    return mutex;
}

}  // namespace

http::Response list_orgs(const Router::Context& context) {
    std::size_t limit = default_page;
    std::string after;
    for (const auto& [name, value] : context.request.query) {
        const auto taken = take_page_parameter(name, value, max_page, limit, after);
        if (!taken) return problem(taken.error());
        if (!*taken) return problem(no_such_parameter(name, "after and limit"));
    }
    ordered_json list = ordered_json::array();
    if (!context.caller.org.empty()) {
        const auto own = context.parts.access.organisation(context.caller.org);
        if (!own) return problem(own.error());
        if (*own) list.push_back(org_json(**own));
        return json(200, {{"orgs", std::move(list)}, {"next", nullptr}});
    }
    const auto orgs = context.parts.access.organisations(after, limit);
    if (!orgs) return problem(orgs.error());
    for (const Organisation& org : *orgs) list.push_back(org_json(org));
    const bool more = orgs->size() == limit;
    return json(200, {{"orgs", std::move(list)}, {"next", next_json(more ? orgs->back().name : "")}});
}

http::Response create_org(const Router::Context& context) {
    auto org = read_org(context.request.body, {}, true);
    if (!org) return problem(400, "malformed", org.error().detail);
    if (const auto fits = check_org(*org); !fits) return problem(fits.error());
    org->created_at = context.parts.registry.clock().now();
    const auto added =
        context.parts.access.add_organisation(*org, event_of(context, "org-create", org->name));
    if (!added) return problem(added.error());
    http::Response response = org_answer(*org, org_json(*org), 201);
    response.headers.emplace_back("Location", "/v1/orgs/" + org->name);
    return response;
}

http::Response show_org(const Router::Context& context) {
    const auto org = find_org(context);
    if (!org) return problem(org.error());
    ordered_json document = org_json(*org);
    const auto counted = add_counts(context, document);
    return counted ? org_answer(*org, document) : problem(counted.error());
}

http::Response change_org(const Router::Context& context) {
    const std::lock_guard lock(changing());
    const auto known = find_to_change(context);
    if (!known) return problem(known.error());
    const auto org = read_org(context.request.body, *known, false);
    if (!org) return problem(400, "malformed", org.error().detail);
    if (const auto fits = check_org(*org); !fits) return problem(fits.error());
    Event event = event_of(context, "org-change", org->name);
    event.detail += std::string(": user verification ") + (org->verifies_users ? "required" : "off") +
                    ", unsigned mail " +
                    (org->unsigned_mail == UnsignedMail::pass ? "passes" : "is rejected");
    const auto changed = context.parts.access.set_organisation(*org, event);
    return changed ? org_answer(*org, org_json(*org)) : problem(changed.error());
}

http::Response delete_org(const Router::Context& context) {
    const std::lock_guard lock(changing());
    const auto org = find_to_change(context);
    if (!org) return problem(org.error());
    const Event event = event_of(context, "org-delete", org->name);
    const auto removed = context.parts.access.remove_organisation(org->name, event, event.at);
    return removed ? json(200, org_json(*org)) : problem(removed.error());
}

}  // namespace custdkim::api
