#include "backend/http_request.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <optional>
#include <vector>

#include "backend/reply.hpp"
#include "http/target.hpp"

namespace custdkim::backend {

namespace {

// How a method is asked for in REST. PowerDNS puts parameters that it calls special into the path, in an
// order of its own, and some of the others into a form.
struct RestMethod {
    std::string_view name;
    std::string_view verb;
    std::array<std::string_view, 3> path = {};
    std::string_view group = {};  // the parameter that the fields of the form are members of
    std::string_view list = {};   // the parameter that is a list, also when it is empty and not sent
};

constexpr std::array methods = {
    RestMethod{"lookup", "GET", {"qname", "qtype"}},
    RestMethod{"APILookup", "GET", {"qname", "qtype"}},
    RestMethod{"list", "GET", {"domain_id", "zonename"}},
    RestMethod{"getAllDomains", "GET"},
    RestMethod{"getDomainInfo", "GET", {"name"}},
    RestMethod{"getAllDomainMetadata", "GET", {"name"}},
    RestMethod{"getDomainMetadata", "GET", {"name", "kind"}},
    RestMethod{"setDomainMetadata", "PATCH", {"name", "kind"}, "", "value"},
    RestMethod{"getUpdatedMasters", "GET"},
    RestMethod{"setNotified", "PATCH", {"id"}},
    RestMethod{"getDomainKeys", "GET", {"name"}},
    RestMethod{"addDomainKey", "PUT", {"name"}, "key"},
    RestMethod{"removeDomainKey", "DELETE", {"id", "name"}},
    RestMethod{"activateDomainKey", "POST", {"id", "name"}},
    RestMethod{"deactivateDomainKey", "POST", {"id", "name"}},
    RestMethod{"publishDomainKey", "POST", {"id", "name"}},
    RestMethod{"unpublishDomainKey", "POST", {"id", "name"}},
    RestMethod{"getBeforeAndAfterNamesAbsolute", "GET", {"id", "qname"}},
    RestMethod{"getTSIGKey", "GET", {"name"}},
    RestMethod{"setTSIGKey", "PATCH", {"name"}},
    RestMethod{"deleteTSIGKey", "DELETE", {"name"}},
    RestMethod{"getTSIGKeys", "GET"},
    RestMethod{"getUnfreshSlaveInfos", "GET"},
    RestMethod{"setFresh", "PATCH", {"id"}},
    RestMethod{"setStale", "PATCH", {"id"}},
    RestMethod{"superMasterBackend", "POST", {"ip", "domain"}},
    RestMethod{"createSlaveDomain", "PUT", {"ip", "domain"}},
    RestMethod{"startTransaction", "POST", {"domain_id", "domain", "trxid"}},
    RestMethod{"commitTransaction", "POST", {"trxid"}},
    RestMethod{"abortTransaction", "POST", {"trxid"}},
    RestMethod{"feedRecord", "PATCH", {"trxid"}},
    RestMethod{"feedEnts", "PATCH", {"domain_id", "trxid"}},
    RestMethod{"feedEnts3", "PATCH", {"domain_id", "domain", "trxid"}},
    RestMethod{"replaceRRSet", "PATCH", {"domain_id", "qname", "qtype"}},
    RestMethod{"searchRecords", "GET"},
    RestMethod{"directBackendCmd", "POST"},
};

// Parameters that are sent as fields of a form or of a query. Those of the methods that write records are not
// among them: custdkim refuses these methods whatever they hold, and 4.7 spoils what it sends.
struct Field {
    std::string_view sent, parameter;
};
constexpr std::array fields = {
    Field{"includeDisabled", "include_disabled"},
    Field{"pattern", "pattern"},
    Field{"maxResults", "maxResults"},
    Field{"serial", "serial"},
    Field{"flags", "flags"},
    Field{"active", "active"},
    Field{"published", "published"},
    Field{"content", "content"},
    Field{"algorithm", "algorithm"},
    Field{"value[]", "value"},
    Field{"query", "query"},
    Field{"account", "account"},
};

constexpr std::array headers_of_parameters = {"local", "remote", "real-remote", "zone-id", "trxid"};
constexpr std::array numbers = {"id", "domain_id", "zone-id", "trxid", "serial", "flags", "maxResults"};
constexpr std::array flags = {"include_disabled", "active", "published"};

template <typename Names>
bool is_one_of(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// 4.7 sends serials as "2024010101.000000".
std::optional<std::int64_t> read_number(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot != std::string_view::npos && text.find_first_not_of('0', dot + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    text = text.substr(0, dot);
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return number;
}

// Everything is text in REST; this has the types of the other connectors.
Result<void> put(boost::json::object& parameters, std::string_view name, std::string_view text) {
    if (is_one_of(numbers, name)) {
        const auto number = read_number(text);
        if (!number) return invalid("the parameter '" + std::string(name) + "' must be a whole number");
        parameters[name] = *number;
    } else if (is_one_of(flags, name)) {
        const bool is_set = text == "1" || text == "true";
        if (!is_set && text != "0" && text != "false") {
            return invalid("the parameter '" + std::string(name) + "' must be 0 or 1");
        }
        parameters[name] = is_set;
    } else if (auto* const list = parameters[name].if_array()) {
        list->emplace_back(text);
    } else {
        parameters[name] = text;
    }
    return {};
}

Result<std::string> decoded(std::string_view text) {
    auto plain = http::decode(text);
    if (!plain) return invalid("'" + std::string(text.substr(0, 100)) + "' has a broken %-escape");
    return std::move(*plain);
}

// Visits "name=value&name=value", where a plus sign stands for a space.
template <typename Visit>
Result<void> each_field(std::string_view form, Visit visit) {
    while (!form.empty()) {
        const std::size_t end = form.find('&');
        const std::string_view item = form.substr(0, end);
        form = end == std::string_view::npos ? std::string_view() : form.substr(end + 1);
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos) continue;
        const auto name = decoded(item.substr(0, equals));
        if (!name) return name.error();
        std::string value(item.substr(equals + 1));
        std::replace(value.begin(), value.end(), '+', ' ');
        if (const auto visited = visit(*name, value); !visited) return visited.error();
    }
    return {};
}

Result<void> take_fields(std::string_view form, boost::json::object& parameters) {
    return each_field(form, [&](const std::string& name, const std::string& value) -> Result<void> {
        const auto* const field =
            std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.sent == name; });
        if (field == fields.end()) return {};
        const auto text = decoded(value);
        if (!text) return text.error();
        return put(parameters, field->parameter, *text);
    });
}

std::vector<std::string_view> cut(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

Result<void> take_path(const RestMethod& method, const std::vector<std::string_view>& segments,
                       boost::json::object& parameters) {
    for (std::size_t i = 1; i < segments.size(); ++i) {
        const std::string_view name = i <= method.path.size() ? method.path[i - 1] : std::string_view();
        if (name.empty()) return invalid(std::string(method.name) + ": the path has too many parts");
        const auto text = decoded(segments[i]);
        if (!text) return text.error();
        if (const auto done = put(parameters, name, *text); !done) return done.error();
    }
    return {};
}

Result<boost::json::object> take_all(const RestMethod& method, const std::vector<std::string_view>& segments,
                                     std::string_view query, const HttpHeaders& headers,
                                     std::string_view body) {
    boost::json::object parameters;
    if (!method.list.empty()) parameters[method.list] = boost::json::array();
    if (const auto done = take_path(method, segments, parameters); !done) return done.error();
    for (const std::string_view name : headers_of_parameters) {
        const auto header = headers.find("x-remotebackend-" + std::string(name));
        if (header == headers.end()) continue;
        if (const auto done = put(parameters, name, header->second); !done) return done.error();
    }
    boost::json::object members;
    boost::json::object& into = method.group.empty() ? parameters : members;
    for (const std::string_view form : {query, body}) {
        if (const auto done = take_fields(form, into); !done) return done.error();
    }
    if (!method.group.empty()) parameters[method.group] = std::move(members);
    return parameters;
}

}  // namespace

Result<boost::json::object> read_rest(std::string_view verb, std::string_view target,
                                      const HttpHeaders& headers, std::string_view body) {
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, mark);
    if (!path.starts_with('/') || path.size() == 1) return invalid("the path does not name a method");
    const auto segments = cut(path);
    const auto name = decoded(segments[0]);
    if (!name) return name.error();
    const auto* const method =
        std::find_if(methods.begin(), methods.end(), [&](const RestMethod& m) { return m.name == *name; });
    if (method == methods.end()) {
        return boost::json::object{{"method", *name}, {"parameters", boost::json::object()}};
    }
    if (verb != method->verb) {  // what changes something must not come by GET, from a crawler or a browser
        return invalid(*name + " is asked for with " + std::string(method->verb) + ", not " +
                       std::string(verb.substr(0, 20)));
    }
    auto parameters =
        take_all(*method, segments, target.substr(std::min(mark + 1, target.size())), headers, body);
    if (!parameters) return parameters.error();
    return boost::json::object{{"method", *name}, {"parameters", std::move(*parameters)}};
}

Result<std::string> read_http_request(std::string_view verb, std::string_view target,
                                      const HttpHeaders& headers, std::string_view body) {
    if (target.empty() || target == "/") {
        if (verb != "POST") return invalid("the path does not name a method");
        return std::string(body);
    }
    // PowerDNS escapes the dots of all that it writes into a path itself. Read as a part of the type or the
    // method, a suffix would make "no such name" of every question.
    if (target.substr(0, target.find('?')).find('.') != std::string_view::npos) {
        return invalid("the path ends with a suffix; take url-suffix out of PowerDNS's connection string");
    }
    // No method of the REST form has a field of this name.
    constexpr std::string_view parameters_field = "parameters=";
    if (verb == "POST" && body.starts_with(parameters_field)) {
        const auto method = decoded(target.substr(1));
        if (!method) return method.error();
        std::string encoded(body.substr(parameters_field.size()));
        std::replace(encoded.begin(), encoded.end(), '+', ' ');
        const auto parameters = decoded(encoded);
        if (!parameters) return parameters.error();
        std::string line = R"({"method": )";
        append_json_string(line, *method);
        return line + R"(, "parameters": )" + *parameters + "}";
    }
    const auto request = read_rest(verb, target, headers, body);
    if (!request) return request.error();
    return boost::json::serialize(*request);
}

}  // namespace custdkim::backend
