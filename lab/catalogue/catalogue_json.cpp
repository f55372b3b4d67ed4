// list_json: everything that the files say, under the words that they use.
#include <nlohmann/json.hpp>

#include "lab/catalogue/catalogue_text.hpp"
#include "lab/catalogue/expected_text.hpp"
#include "lab/catalogue/words.hpp"

namespace custdkim::lab {

namespace {

using Json = nlohmann::ordered_json;

template <typename T>
void add(Json& json, const char* word, const std::optional<T>& value) {
    if (value) json[word] = *value;
}

void add(Json& json, const char* word, const std::optional<Duration>& value) {
    if (value) json[word] = format_duration(*value);
}

void add(Json& json, const char* word, const std::optional<Serves>& value) {
    if (value) json[word] = word_for(serves_words, *value);
}

void add(Json& json, const char* word, const std::string& value) {
    if (!value.empty()) json[word] = value;
}

Json expectation_json(const Expectation& expect) {
    Json json{{"cname1", to_text(expect.cname[0])},
              {"txt1", to_text(expect.txt[0])},
              {"cname2", to_text(expect.cname[1])},
              {"txt2", to_text(expect.txt[1])}};
    if (expect.txt1_after_cname1) json["txt1_after_cname1"] = to_text(*expect.txt1_after_cname1);
    if (expect.cname1_after_txt1) json["cname1_after_txt1"] = to_text(*expect.cname1_after_txt1);
    return json;
}

Json server_json(const OddServer& server) {
    Json json{{"number", server.number}, {"listed", server.listed}};
    add(json, "zone", server.zone);
    add(json, "serves", server.serves);
    return json;
}

Json fault_json(const ServerFault& fault) {
    Json json = Json::object();
    if (!fault.servers.empty()) json["servers"] = fault.servers;
    add(json, "name", fault.name);
    add(json, "under", fault.under);
    if (!fault.types.empty()) json["types"] = fault.types;
    if (fault.tcp) json["transport"] = *fault.tcp ? "tcp" : "udp";
    add(json, "edns", fault.edns);
    if (!fault.nth.empty()) json["nth"] = fault.nth;
    add(json, "from", fault.from);
    add(json, "until", fault.until);
    add(json, "records", fault.records);
    if (fault.records) json["rcode"] = fault.rcode;
    add(json, "flatten", fault.flatten);
    if (!fault.records && !fault.flatten) json["answer"] = word_for(answer_words, fault.answer);
    if (fault.mangle != Mangle::none) json["mangle"] = word_for(mangle_words, fault.mangle);
    if (fault.delay.count() > 0)
        json["delay"] = format_duration(std::chrono::duration_cast<Duration>(fault.delay));
    return json;
}

template <typename T>
Json list(const std::vector<T>& values, Json (*one)(const T&)) {
    Json json = Json::array();
    for (const T& value : values) json.push_back(one(value));
    return json;
}

Json flavour_json(const Flavour& flavour) {
    Json servers = Json::array();
    for (const RealServer server : flavour.servers) servers.push_back(word_for(server_words, server));
    Json json{{"id", flavour.id}};
    add(json, "title", flavour.title);
    json["servers"] = servers;
    json["serves"] = word_for(serves_words, flavour.serves);
    add(json, "zone", flavour.zone);
    add(json, "seen_as", flavour.seen_as);
    if (flavour.harmless) json["harmless"] = true;
    if (!flavour.faults.empty()) json["faults"] = list(flavour.faults, fault_json);
    json["expect"] = expectation_json(flavour.expect);
    return json;
}

Json misconfiguration_json(const Misconfiguration& of) {
    Json json{{"id", of.id},
              {"title", of.title},
              {"group", word_for(group_words, of.group)},
              {"did", of.did},
              {"source", of.source}};
    add(json, "cause", of.cause);
    add(json, "seen_as", of.seen_as);
    if (of.harmless) json["harmless"] = true;
    add(json, "fix", of.fix);
    add(json, "note", of.note);
    json["zone"] = of.zone;
    Json without = Json::array();
    if (of.without_soa) without.push_back("SOA");
    if (of.without_ns) without.push_back("NS");
    json["without"] = without;
    add(json, "before", of.before);
    json["primed"] = of.primed;
    json["flavours"] = list(of.flavours, flavour_json);
    json["servers"] = list(of.servers, server_json);
    json["faults"] = list(of.faults, fault_json);
    if (of.dnssec) {
        json["dnssec"] = {{"fault", word_for(dnssec_words, of.dnssec->fault)}};
        add(json["dnssec"], "added", of.dnssec->added);
    }
    return json;
}

}  // namespace

std::string list_json(const Catalogue& catalogue) {
    return Json{{"misconfigurations", list(catalogue.all(), misconfiguration_json)}}.dump(2) + "\n";
}

std::string to_json(const Misconfiguration& misconfiguration) {
    return misconfiguration_json(misconfiguration).dump(2) + "\n";
}

}  // namespace custdkim::lab
