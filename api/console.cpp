#include "api/console.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "api/console_files.hpp"
#include "api/problem.hpp"
#include "api/routing.hpp"
#include "keys/digest.hpp"

namespace custdkim::api {

namespace {

constexpr std::string_view root = "/console/", folder = "api/console/", index_file = "index.html";
constexpr std::string_view version_mark = "{version}", modules_mark = "{modules}";

// Nothing but our own files, and nothing inline: what a customer wrote into a record cannot become code.
// Trusted Types are none, so that no code of ours can turn a string into HTML either.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> media_types{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".json", "application/json"},
}};

std::string media_type(std::string_view path) {
    for (const auto& [ending, type] : media_types) {
        if (path.ends_with(ending)) return std::string(type);
    }
    return "application/octet-stream";
}

std::string version_of(std::span<const ConsoleFile> files) {
    std::string digests;
    for (const ConsoleFile& file : files) digests += to_hex(sha1(file.path, file.text));
    return to_hex(sha1(digests)).substr(0, 12);
}

std::string replace_all(std::string text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

// A browser finds modules one below the other; told of all of them it asks for all at once.
std::string preloads(std::span<const ConsoleFile> files) {
    std::string links;
    for (const ConsoleFile& file : files) {
        if (!file.path.ends_with(".js")) continue;
        const std::string name(file.path.substr(folder.size()));
        links += "<link rel=\"modulepreload\" href=\"" + std::string(version_mark) + "/" + name + "\">\n";
    }
    return links;
}

http::Response file_response(std::string_view path, std::string_view text) {
    http::Response response{200, media_type(path), std::string(text), {}};
    response.headers = {{"Content-Security-Policy", std::string(policy)},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cross-Origin-Opener-Policy", "same-origin"},
                        {"Cross-Origin-Resource-Policy", "same-origin"}};
    return response;
}

http::Response lead_to(std::string_view path) {
    return {302, "text/plain; charset=utf-8", "", {{"Location", std::string(path)}}};
}

}  // namespace

Console::Console(const Surroundings& surroundings)
    : version_(version_of(console_files())),
      about_(
          nlohmann::ordered_json{{"lab", surroundings.has_lab}, {"token", surroundings.needs_token}}.dump()) {
    for (const ConsoleFile& file : console_files()) {
        const std::string_view name = file.path.substr(folder.size());
        if (name == index_file) {
            index_ = replace_all(std::string(file.text), modules_mark, preloads(console_files()));
            index_ = replace_all(std::move(index_), version_mark, version_);
        } else {
            files_.emplace(version_ + "/" + std::string(name), file.text);
        }
    }
}

http::Response Console::handle(const http::Request& request) const noexcept {
    if (request.method != "GET" && request.method != "HEAD") return no_such_method("GET, HEAD");
    if (!request.path.starts_with(root)) return lead_to(root);
    return page(request);
}

http::Response Console::page(const http::Request& request) const {
    const std::string_view name = std::string_view(request.path).substr(root.size());
    if (name == "about.json") return file_response(name, about_);  // no-store, as the server has it
    if (name.empty()) {
        const std::string tag = '"' + version_ + '"';
        http::Response response = file_response(index_file, index_);
        response.headers.emplace_back("Cache-Control", "no-cache");
        response.headers.emplace_back("ETag", tag);
        if (request.header("if-none-match") != tag) return response;
        response.status = 304;
        response.body.clear();
        return response;
    }
    const auto file = files_.find(name);
    if (file == files_.end()) return no_such_path();
    http::Response response = file_response(name, file->second);
    response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
    return response;
}

http::Response Console::refuse(unsigned status, std::string_view reason, const http::Request&) const {
    return problem(status, status == 400 ? "malformed" : "too-large", reason);
}

}  // namespace custdkim::api
