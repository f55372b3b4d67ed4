// Catalogue::parse: one file, with what its tables say to each other.
#include <algorithm>

#include "lab/catalogue/catalogue.hpp"
#include "lab/catalogue/parse_sections.hpp"

namespace custdkim::lab {

namespace {

bool is_slug(std::string_view text) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !text.empty() && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), fits);
}

void check_slug(TableReader& reader, std::string_view word, const std::string& text) {
    if (!text.empty() && !is_slug(text))
        reader.complain(word, "is '" + text + "'; it must be lower-case letters, digits and dashes");
}

// Of a file or a flavour: what a finding names, where that is not simply the cause.
void check_seen_as(TableReader& reader, const std::string& seen_as, bool harmless, const std::string& cause) {
    check_slug(reader, "seen_as", seen_as);
    if (!seen_as.empty() && seen_as == cause) reader.complain("seen_as", "is the cause itself; leave it out");
    if (harmless && !seen_as.empty())
        reader.complain("harmless", "is beside seen_as; what does no harm is seen, and named by its cause");
}

void read_words(TableReader& reader, Misconfiguration& into) {
    into.id = reader.required_text("id");
    check_slug(reader, "id", into.id);
    if (into.file.extension() == ".toml" && into.file.stem() != into.id)
        reader.complain("id", "is '" + into.id + "' in the file of '" + into.file.stem().string() +
                                  "'; name one after the other");
    into.title = reader.required_text("title");
    if (!reader.has("group")) reader.complain("group", "is missing");
    into.group = reader.word("group", group_words, Group::missing);
    into.did = reader.required_text("did");
    into.source = reader.required_text("source");
    into.note = reader.text("note").value_or("");
    if (into.group != Group::healthy) {
        into.cause = reader.required_text("cause");
        into.fix = reader.required_text("fix");
        check_slug(reader, "cause", into.cause);
        into.seen_as = reader.text("seen_as").value_or("");
        into.harmless = reader.yes_or_no("harmless").value_or(false);
        check_seen_as(reader, into.seen_as, into.harmless, into.cause);
        return;
    }
    for (const char* const word : {"cause", "fix", "seen_as"}) {
        if (reader.text(word)) reader.complain(word, "is not for what is healthy");
    }
    if (reader.yes_or_no("harmless")) reader.complain("harmless", "is not for what is healthy");
}

void read_zone(TableReader& reader, Misconfiguration& into) {
    into.zone = reader.required_text("zone");
    for (const std::string& type : reader.texts("without")) {
        if (type != "SOA" && type != "NS") reader.complain("without", "is for SOA and NS only");
        into.without_soa = into.without_soa || type == "SOA";
        into.without_ns = into.without_ns || type == "NS";
    }
    into.before = reader.text("before");
    into.primed = reader.yes_or_no("primed").value_or(false);
    if (into.primed && !into.before) reader.complain("primed", "needs the zone before the edit: before");
}

// Complains where a flavour serves what is not there, or repeats another.
void check_flavour(TableReader& reader, const Flavour& flavour, const Misconfiguration& so_far) {
    check_slug(reader, "id", flavour.id);
    if (so_far.group == Group::healthy) {
        for (const char* const word : {"seen_as", "harmless"}) {
            if (reader.has(word)) reader.complain(word, "is not for what is healthy");
        }
    } else {
        check_seen_as(reader, flavour.seen_as, flavour.harmless, so_far.cause);
    }
    if (flavour.serves == Serves::before && !so_far.before)
        reader.complain("serves", "is 'before', but there is no zone before the edit: before");
    for (const Flavour& other : so_far.flavours) {
        if (other.id == flavour.id) reader.complain("id", "'" + flavour.id + "' is there twice");
        for (const RealServer server : flavour.servers) {
            const auto& others = other.servers;
            if (std::find(others.begin(), others.end(), server) == others.end()) continue;
            reader.complain("servers", "names " + word_for(server_words, server) + ", as does '" + other.id +
                                           "'; a server that starts with the zone does one thing");
        }
    }
}

bool has_server(const Misconfiguration& misconfiguration, unsigned number) {
    if (number <= 2) return true;
    const auto& servers = misconfiguration.servers;
    return std::any_of(servers.begin(), servers.end(),
                       [number](const OddServer& server) { return server.number == number; });
}

std::vector<ServerFault> read_faults(TableReader& reader, const Misconfiguration& so_far) {
    std::vector<ServerFault> faults;
    for (TableReader& table : reader.tables("fault")) {
        faults.push_back(read_fault(table));
        for (const unsigned number : faults.back().servers) {
            if (!has_server(so_far, number))
                table.complain("servers", "names " + std::to_string(number) +
                                              "; there are 1, 2 and those in [[server]]");
        }
    }
    return faults;
}

void read_flavours(TableReader& reader, Misconfiguration& into) {
    for (TableReader& table : reader.tables("flavour")) {
        auto faults = read_faults(table, into);
        Flavour flavour = read_flavour(table);
        flavour.faults = std::move(faults);
        check_flavour(table, flavour, into);
        into.flavours.push_back(std::move(flavour));
    }
    const auto expect = reader.table("expect");
    if (!into.flavours.empty()) {
        if (expect)
            reader.complain("expect", "is beside [[flavour]]; each flavour has its own [flavour.expect]");
        return;
    }
    Flavour only;
    only.servers = {RealServer::bind, RealServer::nsd, RealServer::knot, RealServer::powerdns};
    if (expect) {
        only.expect = read_expectation(*expect);
    } else {
        reader.complain("[expect]", "is missing: a file that expects nothing shows nothing");
    }
    into.flavours.push_back(std::move(only));
}

void read_servers(TableReader& reader, Misconfiguration& into) {
    for (TableReader& table : reader.tables("server")) {
        OddServer server = read_server(table);
        if (server.serves == Serves::before && !into.before)
            table.complain("serves", "is 'before', but there is no zone before the edit: before");
        for (const OddServer& other : into.servers) {
            if (other.number == server.number)
                table.complain("number", std::to_string(server.number) + " is there twice");
        }
        into.servers.push_back(std::move(server));
    }
}

}  // namespace

Result<Misconfiguration> Catalogue::parse(std::string_view text, const std::string& where) {
    Misconfiguration misconfiguration;
    misconfiguration.file = where;
    Problems problems(where);
    try {
        const toml::table document = toml::parse(text, where);
        TableReader reader(document, 1, problems);
        read_words(reader, misconfiguration);
        read_zone(reader, misconfiguration);
        read_servers(reader, misconfiguration);
        read_flavours(reader, misconfiguration);
        misconfiguration.faults = read_faults(reader, misconfiguration);
        if (const auto dnssec = reader.table("dnssec")) misconfiguration.dnssec = read_signing(*dnssec);
        reader.finish();
    } catch (const toml::parse_error& error) {
        problems.add(error.source().begin.line, std::string(error.description()));
    }
    if (!problems.none()) return problems.error();
    return misconfiguration;
}

}  // namespace custdkim::lab
