#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "cli/access_commands.hpp"
#include "cli/new_file.hpp"
#include "cli/reply.hpp"
#include "usage/table.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;
using usage::Give;

namespace {

ordered_json split_words(const std::string& text) {
    ordered_json words = ordered_json::array();
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t end = std::min(text.find(',', from), text.size());
        words.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return words;
}

std::string scopes_of(const ordered_json& token) {
    std::string text;
    for (const auto& scope : token.at("scopes")) text += (text.empty() ? "" : ",") + scope.get<std::string>();
    return text;
}

std::string text_or(const ordered_json& value, const std::string& otherwise) {
    return value.is_string() ? value.get<std::string>() : otherwise;
}

// Before the service is asked: a token that cannot be kept must not be made.
Result<std::optional<NewFile>> open_output(const TokenOptions& options) {
    if (options.output.empty()) return std::optional<NewFile>();
    auto file = NewFile::beside(options.output);
    if (!file) return file.error();
    return std::optional<NewFile>(std::move(*file));
}

std::string about(const ordered_json& token) {
    return "token " + token.at("id").get<std::string>() + " '" + token.at("name").get<std::string>() + "' (" +
           scopes_of(token) +
           (token.at("org").is_string() ? ", organisation " + token.at("org").get<std::string>() : "") +
           ", expires " + text_or(token.at("expires_at"), "never") + ")";
}

Reply revoke(const TokenOptions& options, const std::string& id) {
    return ask(options.access, "DELETE", "/v1/tokens/" + encode_segment(id));
}

// What is no id may be a name, of one live token only.
Reply revoke_by_name(const TokenOptions& options, Reply no_such_id) {
    Reply list = ask(options.access, "GET", "/v1/tokens");
    if (!list.document) return list;
    const auto id = live_token(list.document->at("tokens"), options.name);
    if (id) return revoke(options, *id);
    if (id.error().code == Errc::not_found) return no_such_id;
    return {std::nullopt, Exit::no, nullptr, id.error().detail};
}

}  // namespace

Result<std::string> live_token(const ordered_json& tokens, const std::string& name) {
    std::vector<std::string> ids;
    for (const auto& token : tokens) {
        if (token.at("name") == name && token.at("status") == "live")
            ids.push_back(token.at("id").get<std::string>());
    }
    if (ids.size() == 1) return ids.front();
    if (ids.empty()) return Error{Errc::not_found, "there is no live token '" + name + "'"};
    std::string list;
    for (const std::string& id : ids) list += (list.empty() ? "" : ", ") + id;
    return Error{Errc::conflict, std::to_string(ids.size()) + " live tokens have the name '" + name +
                                     "'; revoke them by their ids: " + list};
}

int create_token(const TokenOptions& options) {
    auto file = open_output(options);
    if (!file) return fail(file.error(), options.json);
    ordered_json request = {{"name", options.name}, {"scopes", split_words(options.scopes)}};
    if (!options.org.empty()) request["org"] = options.org;
    if (!options.expires.empty()) request["expires_in"] = options.expires;
    Reply reply = ask(options.access, "POST", "/v1/tokens", request.dump(-1, ' ', false, lenient));
    if (!reply.document) return refuse(reply, options.json);
    ordered_json& token = *reply.document;
    const std::string secret = token.at("token").get<std::string>();
    if (*file) {
        auto kept = (*file)->append(secret + "\n");
        if (kept) kept = (*file)->take_place(0600);
        if (!kept) {
            return fail(Exit::unknown,
                        kept.error().detail + "; the token was made all the same: revoke " +
                            token.at("id").get<std::string>() + " and make another",
                        options.json);
        }
        token.erase("token");
    }
    if (options.json) {
        print_json(token);
    } else if (*file) {
        std::cout << options.output.string() << " holds the " << about(token) << "." << std::endl;
    } else {
        std::cerr << "custdkim: this is the " << about(token) << "; it is shown this once" << std::endl;
        std::cout << secret << std::endl;
    }
    return Exit::done;
}

int list_tokens(const TokenOptions& options) {
    const Reply reply = ask(options.access, "GET", "/v1/tokens");
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
        return Exit::done;
    }
    usage::Rows rows = {{{"ID", Give::never},
                         "NAME",
                         "SCOPES",
                         "ORG",
                         "STATUS",
                         {"EXPIRES", Give::time},
                         {"LAST USED", Give::time}}};
    for (const auto& token : reply.document->at("tokens")) {
        rows.push_back({token.at("id").get<std::string>(), token.at("name").get<std::string>(),
                        scopes_of(token), text_or(token.at("org"), "-"),
                        token.at("status").get<std::string>(), text_or(token.at("expires_at"), "never"),
                        text_or(token.at("last_used_at"), "never")});
    }
    usage::print_table(rows);
    return Exit::done;
}

int revoke_token(const TokenOptions& options) {
    Reply reply = revoke(options, options.name);
    if (reply.refusal.is_object() && reply.refusal.value("status", 0) == 404)
        reply = revoke_by_name(options, std::move(reply));
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else {
        std::cout << "The " << about(*reply.document) << " is revoked: it opens nothing any more."
                  << std::endl;
    }
    return Exit::done;
}

}  // namespace custdkim::cli
