#include "lab/serving/customer_request.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace custdkim::lab {

using nlohmann::json;

namespace {

constexpr std::size_t max_name_octets = 1024;  // as text, escapes and all

using Read = Result<void> (*)(const json& value, CustomerRequest& into);
struct Field {
    std::string_view name;
    Read read;
};

Result<std::string> text_of(const json& value) {
    if (!value.is_string()) return invalid("must be a string");
    return value.get<std::string>();
}

// It is repeated in complaints, a line each.
Result<std::string> file_name_of(const json& value) {
    auto text = text_of(value);
    if (!text) return text;
    const bool is_odd = std::any_of(text->begin(), text->end(),
                                    [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
    if (text->empty() || text->size() > max_name_octets || is_odd) return invalid("must be a file's name");
    return text;
}

Result<std::array<std::string, 2>> pair_of(const json& value) {
    const auto complaint = [] { return invalid("must be a list of two strings, the primary's first"); };
    if (!value.is_array() || value.size() != 2) return complaint();
    std::array<std::string, 2> pair;
    for (std::size_t i = 0; i < 2; ++i) {
        if (!value[i].is_string()) return complaint();
        pair[i] = value[i].get<std::string>();
        if (!pair[i].empty() && pair[i].back() == '.') pair[i].pop_back();
        const auto name = wire_name(pair[i]);
        if (pair[i].empty() || pair[i].size() > max_name_octets || !name) {
            return invalid("has '" + pair[i].substr(0, 80) + "', which is no name");
        }
    }
    return pair;
}

template <typename T, typename Value>
Result<void> assign(T& into, const Result<Value>& value) {
    if (!value) return value.error();
    into = *value;
    return {};
}

constexpr std::array fields = {
    Field{"misconfiguration",
          [](const json& v, CustomerRequest& r) { return assign(r.misconfiguration, text_of(v)); }},
    Field{"flavour", [](const json& v, CustomerRequest& r) { return assign(r.flavour, text_of(v)); }},
    Field{"zone", [](const json& v, CustomerRequest& r) { return assign(r.zone, text_of(v)); }},
    Field{"zone_name",
          [](const json& v, CustomerRequest& r) { return assign(r.zone_name, file_name_of(v)); }},
    Field{"key", [](const json& v, CustomerRequest& r) { return assign(r.key_id, text_of(v)); }},
    Field{"selectors", [](const json& v, CustomerRequest& r) { return assign(r.selectors, pair_of(v)); }},
    Field{"targets", [](const json& v, CustomerRequest& r) { return assign(r.targets, pair_of(v)); }},
    Field{"keep_cache",
          [](const json& v, CustomerRequest& r) -> Result<void> {
              if (!v.is_boolean()) return invalid("must be true or false");
              r.keep_cache = v.get<bool>();
              return {};
          }},
};

Error not_an_object() { return invalid("the body is not a JSON object"); }

Error unknown_field(const std::string& name) {
    return invalid("there is no field '" + name.substr(0, 80) + "' here");
}

}  // namespace

Result<CustomerRequest> read_customer_request(std::string_view body) {
    const auto document = json::parse(body, nullptr, false);
    if (!document.is_object()) return not_an_object();
    CustomerRequest request;
    for (const auto& item : document.items()) {
        if (item.value().is_null()) continue;
        const auto field =
            std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == item.key(); });
        if (field == fields.end()) return unknown_field(item.key());
        if (const auto read = field->read(item.value(), request); !read) {
            return invalid("the field '" + item.key() + "' " + read.error().detail);
        }
    }
    if (request.misconfiguration.empty()) {
        return invalid("the body lacks 'misconfiguration'; \"healthy\" is one too");
    }
    return request;
}

Result<bool> read_keep_cache(std::string_view body) {
    if (body.empty()) return false;
    const auto document = json::parse(body, nullptr, false);
    if (!document.is_object()) return not_an_object();
    bool keep_cache = false;
    for (const auto& item : document.items()) {
        if (item.key() != "keep_cache") return unknown_field(item.key());
        if (!item.value().is_boolean()) return invalid("the field 'keep_cache' must be true or false");
        keep_cache = item.value().get<bool>();
    }
    return keep_cache;
}

Result<Duration> read_advance(std::string_view body) {
    const auto document = json::parse(body, nullptr, false);
    if (!document.is_object()) return not_an_object();
    for (const auto& item : document.items()) {
        if (item.key() != "by") return unknown_field(item.key());
    }
    if (!document.contains("by") || !document["by"].is_string()) {
        return invalid("the body must say how far, like {\"by\": \"25d\"}");
    }
    return parse_duration(document["by"].get<std::string>());
}

}  // namespace custdkim::lab
