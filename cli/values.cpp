#include "cli/values.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/reply.hpp"
#include "keys/access.hpp"
#include "service/pdns_config.hpp"

namespace custdkim::cli {

namespace {

constexpr long answer_seconds = 2;  // somebody has pressed a key and waits

usage::Candidates words_of(std::initializer_list<const char*> words) {
    usage::Candidates candidates;
    for (const char* const word : words) candidates.push_back({word, ""});
    return candidates;
}

usage::Candidates connectors() {
    usage::Candidates candidates;
    const std::string names = connector_names();
    for (std::size_t at = 0; at < names.size();) {
        const std::size_t end = std::min(names.find(", ", at), names.size());
        candidates.push_back({names.substr(at, end - at), ""});
        at = end + 2;
    }
    return candidates;
}

usage::Candidates scopes() {
    usage::Candidates candidates;
    for (const Scope scope : all_scopes) candidates.push_back({std::string(to_string(scope)), ""});
    return candidates;
}

// As the command line will have it: an option, else the environment, else as usual.
std::string given(const usage::Words& words, std::string_view option, const char* variable,
                  std::string usual) {
    const auto found = std::find(words.begin(), words.end(), option);
    if (found != words.end() && found + 1 != words.end()) return *(found + 1);
    const char* const value = std::getenv(variable);
    return value ? value : usual;
}

// What the service lists at `path`: of each, the fields that stand for it and that say something about it.
usage::Candidates asked(const usage::Words& words, std::string_view path, const char* list, const char* text,
                        const char* what) {
    ApiAccess access;
    access.url = given(words, "--api", "CUSTDKIM_API", access.url);
    access.token_file = given(words, "--token-file", "CUSTDKIM_TOKEN_FILE", access.token_file.string());
    access.answer_seconds = answer_seconds;
    const Reply reply = ask(access, "GET", path);
    usage::Candidates candidates;
    if (!reply.document || !reply.document->contains(list)) return candidates;
    for (const auto& item : reply.document->at(list)) {
        candidates.push_back({item.value(text, ""), item.value(what, "")});
    }
    return candidates;
}

}  // namespace

usage::Candidates values_of(std::string_view name, const usage::Words& words) {
    const auto is_said = [&](std::string_view verb) {
        return std::find(words.begin(), words.end(), verb) != words.end();
    };
    if (name == "TYPE" && is_said("create")) return words_of({"rsa-2048", "rsa-1024", "rsa-4096", "ed25519"});
    if (name == "TYPE")
        return words_of({"CNAME", "TXT", "SOA", "NS", "A", "AAAA", "MX", "DS", "DNSKEY", "CAA"});
    if (name == "MATCH") return words_of({"domain", "subdomains", "domain-and-subdomains"});
    if (name == "STATUS" && is_said("sender")) return words_of({"confirmed", "waiting"});
    if (name == "STATUS") return words_of({"inactive", "active", "held"});
    if (name == "SCOPE") return scopes();
    if (name == "SHELL") return words_of({"bash", "zsh"});
    if (name == "CONNECTOR") return connectors();
    if (name == "ORG") return asked(words, "/v1/orgs?limit=1000", "orgs", "name", "description");
    if (name == "TOKEN") return asked(words, "/v1/tokens", "tokens", "id", "name");
    if (name == "ZONE") return asked(words, "/v1/zones", "zones", "name", "kind");
    // The first thousand, which is all there are for most; nobody picks one of more out of a menu.
    if (name == "ID") return asked(words, "/v1/keys?limit=1000", "keys", "domain", "status");
    return {};
}

}  // namespace custdkim::cli
