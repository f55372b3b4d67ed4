#include "lab/serving/api_keys.hpp"

#include <nlohmann/json.hpp>

#include "api/http_client.hpp"

namespace custdkim::lab {

using nlohmann::json;

namespace {

Error not_custdkim(const std::string& url) {
    return {Errc::unavailable, "what answers at " + url + " is not custdkim; check [service] api"};
}

Result<CustomerKey> read_key(const json& key, const std::string& url) {
    CustomerKey read;
    try {
        const auto domain = dns::Name::parse(key.at("domain").get<std::string>());
        if (!domain) return not_custdkim(url);
        read.domain = *domain;
        for (std::size_t i = 0; i < 2; ++i) {
            const json& slot = key.at("slots").at(i);
            read.selectors[i] = slot.at("selector").get<std::string>();
            std::string target = slot.at("cname").at("target").get<std::string>();
            if (target.ends_with('.')) target.pop_back();
            read.targets[i] = std::move(target);
        }
    } catch (const json::exception&) {
        return not_custdkim(url);
    }
    return read;
}

}  // namespace

Result<CustomerKey> ApiKeys::find(const dns::Name& domain, const std::optional<std::string>& id) {
    const std::string path = id ? "/v1/keys/" + api::encode_segment(*id)
                                : "/v1/keys?limit=2&domain=" + api::encode_segment(domain.text());
    const auto answer = api::call_http({.url = url_, .method = "GET", .path = path}, token_);
    if (!answer)
        return Error{Errc::unavailable, "cannot reach custdkim at " + url_ + ": " + answer.error().detail};
    const json document = json::parse(answer->body, nullptr, false);
    if (!document.is_object()) return not_custdkim(url_);
    if (answer->status == 401) {
        return refused("custdkim at " + url_ + " does not accept the token in [service] token_file");
    }
    if (answer->status >= 300) {
        return Error{answer->status == 404 ? Errc::not_found : Errc::unavailable,
                     document.value("detail", "custdkim at " + url_ + " refused the question for a key")};
    }
    if (!id) {
        const json keys = document.value("keys", json::array());
        if (keys.empty()) return no_key(domain);
        if (keys.size() > 1) {
            return refused(domain.text() + " has several keys; say which one is meant, with \"key\"");
        }
        return read_key(keys.front(), url_);
    }
    auto key = read_key(document, url_);
    if (key && key->domain != domain) {
        return refused("the key " + *id + " is of " + key->domain.text() + ", not of " + domain.text());
    }
    return key;
}

}  // namespace custdkim::lab
