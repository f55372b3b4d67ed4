#include "http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cctype>
#include <cerrno>
#include <system_error>

namespace custdkim::test {

using nlohmann::json;

namespace {

std::string text_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
    return value.dump();
}

std::string verb_of(const std::string& method) {
    static const json verbs = {{"POST",
                                {"activateDomainKey", "deactivateDomainKey", "publishDomainKey",
                                 "unpublishDomainKey", "superMasterBackend", "startTransaction",
                                 "commitTransaction", "abortTransaction", "directBackendCmd"}},
                               {"PUT", {"addDomainKey", "createSlaveDomain"}},
                               {"DELETE", {"removeDomainKey", "deleteTSIGKey"}},
                               {"PATCH",
                                {"setTSIGKey", "replaceRRSet", "feedRecord", "feedEnts", "feedEnts3",
                                 "setDomainMetadata", "setNotified", "setFresh", "setStale"}}};
    for (const auto& [verb, methods] : verbs.items()) {
        for (const auto& one : methods) {
            if (one == method) return verb;
        }
    }
    return "GET";
}

// "name=value&", or "" for a parameter that is not there.
std::string field(const json& parameters, const std::string& name) {
    if (!parameters.contains(name)) return "";
    const json& value = parameters[name];
    const bool is_serial = name == "serial" && value.is_number();  // 4.7 sends it with six decimals
    return percent(name) + "=" + percent(is_serial ? std::to_string(value.get<double>()) : text_of(value)) +
           "&";
}

std::string form_of(const std::string& method, const json& parameters) {
    const json key = parameters.value("key", json::object()), list = parameters.value("value", json::array());
    std::string form;
    if (method == "addDomainKey") {
        for (const char* name : {"active", "content", "flags", "published"}) form += field(key, name);
    } else if (method == "setDomainMetadata") {
        for (const auto& value : list) form += "value[]=" + percent(text_of(value)) + "&";
    } else {
        for (const char* name : {"algorithm", "content", "serial", "query"}) form += field(parameters, name);
    }
    return form.substr(0, form.empty() ? 0 : form.size() - 1);
}

std::string query_of(const std::string& method, const json& parameters) {
    if (method == "searchRecords") {
        return "?" + field(parameters, "maxResults") + field(parameters, "pattern");
    }
    if (method != "getAllDomains") return "";
    return std::string("?includeDisabled=") +
           (parameters.value("include_disabled", false) ? "true" : "false");
}

HttpMessage write_rest(const std::string& method, const json& parameters, const std::string& root) {
    HttpMessage message{verb_of(method), root + "/" + method, "", form_of(method, parameters)};
    const auto add = [&](const char* name) {
        if (parameters.contains(name)) message.target += "/" + percent(text_of(parameters[name]));
    };
    for (const char* name : {"id", "domain_id", "zonename", "qname", "name", "kind", "qtype"}) add(name);
    if (method == "superMasterBackend" || method == "createSlaveDomain") add("ip");
    if (method == "superMasterBackend" || method == "createSlaveDomain" || method == "feedEnts3" ||
        method == "startTransaction") {
        add("domain");
    }
    if (method.starts_with("feed") || method.ends_with("Transaction")) add("trxid");
    message.target += query_of(method, parameters);
    for (const char* name : {"trxid", "local", "remote", "real-remote", "zone-id"}) {
        if (!parameters.contains(name)) continue;
        message.headers += "X-Remotebackend-" + std::string(name) + ": " + text_of(parameters[name]) + "\r\n";
    }
    if (message.verb != "GET" && message.verb != "DELETE")
        message.headers += "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
    return message;
}

}  // namespace

std::string percent(std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 128 && std::isalnum(octet) != 0) {
            out += c;
        } else {
            out += {'%', hex[octet >> 4], hex[octet & 15]};
        }
    }
    return out;
}

HttpMessage write_http(HttpForm form, const json& request, const std::string& root) {
    if (form == HttpForm::post_json) {
        return {"POST", root, "Content-Type: text/javascript; charset=utf-8\r\n", request.dump()};
    }
    const std::string method = request["method"];
    if (form == HttpForm::post) {
        return {"POST", root + "/" + method,
                "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n",
                "parameters=" + percent(request.value("parameters", json::object()).dump())};
    }
    return write_rest(method, request.value("parameters", json::object()), root);
}

HttpClient::Answer HttpClient::ask(const HttpMessage& message) {
    return send(
        message.verb + " " + message.target +
        " HTTP/1.1\r\nAccept: application/json\r\nConnection: " + (keep_alive_ ? "Keep-Alive" : "close") +
        "\r\nContent-Length: " + std::to_string(message.body.size()) +
        "\r\nHost: 127.0.0.1\r\nUser-Agent: YaHTTP v1.0\r\n" + message.headers + "\r\n" + message.body);
}

HttpClient::Answer HttpClient::send(const std::string& octets) {
    if (!socket_) connect();
    write(octets);
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return {};
    }
    const std::string head = received_.substr(0, end);
    const std::size_t at = head.find("Content-Length: ");
    const std::size_t length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    while (received_.size() < end + 4 + length) {
        if (!receive()) return {};
    }
    Answer answer{std::stoi(head.substr(9, 3)), received_.substr(end + 4, length)};
    received_.erase(0, end + 4 + length);
    if (!keep_alive_ || head.find("Connection: close") != std::string::npos) {
        socket_ = Descriptor();
        received_.clear();
    }
    return answer;
}

void HttpClient::send_and_leave(std::string_view octets) {
    connect();
    write(octets);
    socket_ = Descriptor();
}

void HttpClient::write(std::string_view rest) {
    while (!rest.empty()) {
        const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // refused before it was read; the answer may be there all the same
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void HttpClient::connect() {
    socket_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::system_error(errno, std::generic_category(), "connect");
    }
    ++connections_;
}

bool HttpClient::receive() {
    char octets[65536];
    const ssize_t got = ::recv(socket_.get(), octets, sizeof octets, 0);
    if (got <= 0) {
        socket_ = Descriptor();
        received_.clear();
        return false;
    }
    received_.append(octets, static_cast<std::size_t>(got));
    return true;
}

}  // namespace custdkim::test
