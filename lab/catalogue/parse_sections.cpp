#include "lab/catalogue/parse_sections.hpp"

#include "lab/catalogue/expected_text.hpp"
#include "lab/wire/message.hpp"

namespace custdkim::lab {

namespace {

constexpr std::array transport_words{Word<bool>{"udp", false}, Word<bool>{"tcp", true}};
constexpr Duration longest_delay{60};

std::optional<Expected> read_expected(TableReader& reader, std::string_view word) {
    const auto text = reader.text(word);
    if (!text) return std::nullopt;
    auto expected = parse_expected(*text);
    if (expected) return std::move(*expected);
    reader.complain(word, "does not read: " + expected.error().detail);
    return std::nullopt;
}

Expected read_required(TableReader& reader, std::string_view word) {
    auto expected = read_expected(reader, word);
    if (!reader.has(word))
        reader.complain(word, "is missing; all four of cname1, txt1, cname2 and txt2 are expected");
    return expected.value_or(Expected());
}

// What is said about which questions a fault is for.
void read_filter(TableReader& reader, ServerFault& fault) {
    fault.servers = reader.numbers("servers", 1, most_servers);
    fault.name = reader.text("name").value_or("");
    fault.under = reader.text("under").value_or("");
    if (!fault.name.empty() && !fault.under.empty())
        reader.complain("under", "and name are both there; give one of them");
    fault.types = reader.texts("types");
    for (const std::string& type : fault.types) {
        if (!parse_type(type)) reader.complain("types", "names '" + type + "', which is no record type");
    }
    if (reader.has("transport")) fault.tcp = reader.word("transport", transport_words, false);
    fault.edns = reader.yes_or_no("edns");
    fault.nth = reader.numbers("nth", 1, 1'000'000);
    fault.from = reader.duration("from");
    fault.until = reader.duration("until");
    if (fault.until && *fault.until <= fault.from.value_or(Duration(0)))
        reader.complain("until", "must be later than from");
}

void read_effect(TableReader& reader, ServerFault& fault) {
    fault.answer = reader.word("answer", answer_words, FaultyAnswer::normal);
    fault.records = reader.text("records");
    fault.flatten = reader.text("flatten");
    if (const auto rcode = reader.text("rcode")) {
        fault.rcode = *rcode;
        if (!fault.records) reader.complain("rcode", "is without records; give those too, or an answer");
        if (!parse_rcode(*rcode)) reader.complain("rcode", "is '" + *rcode + "', which is no response code");
    }
    fault.mangle = reader.word("mangle", mangle_words, Mangle::none);
    const Duration delay = reader.duration("delay").value_or(Duration(0));
    if (delay > longest_delay) reader.complain("delay", "is longer than 60s; real time passes in it");
    fault.delay = delay;
}

void check_effect(TableReader& reader, const ServerFault& fault) {
    const int ways = (reader.has("answer") ? 1 : 0) + (fault.records ? 1 : 0) + (fault.flatten ? 1 : 0);
    if (ways > 1) reader.complain("answer", "can be one only: give one of answer, records and flatten");
    if (ways == 0 && !reader.has("mangle") && !reader.has("delay"))
        reader.complain("[[fault]]", "does nothing; give answer, records, flatten, mangle or delay");
    if (fault.answer == FaultyAnswer::hang_up && fault.tcp == false)
        reader.complain("answer", "hang-up is for TCP; leave transport out, or write \"tcp\"");
    if (fault.answer == FaultyAnswer::truncate && fault.tcp == true)
        reader.complain("answer", "truncate is for UDP; leave transport out, or write \"udp\"");
}

}  // namespace

Expectation read_expectation(TableReader reader) {
    Expectation expectation;
    expectation.cname = {read_required(reader, "cname1"), read_required(reader, "cname2")};
    expectation.txt = {read_required(reader, "txt1"), read_required(reader, "txt2")};
    expectation.txt1_after_cname1 = read_expected(reader, "txt1_after_cname1");
    expectation.cname1_after_txt1 = read_expected(reader, "cname1_after_txt1");
    reader.finish();
    return expectation;
}

Flavour read_flavour(TableReader reader) {
    Flavour flavour;
    flavour.id = reader.required_text("id");
    flavour.title = reader.required_text("title");
    flavour.servers = reader.words("servers", server_words);
    flavour.serves = reader.word("serves", serves_words, Serves::as_written);
    flavour.zone = reader.text("zone");
    flavour.seen_as = reader.text("seen_as").value_or("");
    flavour.harmless = reader.yes_or_no("harmless").value_or(false);
    if (const auto expect = reader.table("expect")) {
        flavour.expect = read_expectation(*expect);
    } else if (!reader.has("expect")) {
        reader.complain("[flavour.expect]", "is missing: a flavour that expects nothing shows nothing");
    }
    reader.finish();
    return flavour;
}

OddServer read_server(TableReader reader) {
    OddServer server;
    if (!reader.has("number")) reader.complain("number", "is missing");
    server.number = reader.number("number", 1, most_servers).value_or(1);
    server.listed = reader.yes_or_no("listed").value_or(true);
    server.zone = reader.text("zone");
    if (reader.has("serves")) server.serves = reader.word("serves", serves_words, Serves::as_written);
    if (server.number <= 2 && server.listed && !server.zone && !server.serves)
        reader.complain("[[server]]", "is no different; give a zone, or how it serves");
    reader.finish();
    return server;
}

ServerFault read_fault(TableReader reader) {
    ServerFault fault;
    read_filter(reader, fault);
    read_effect(reader, fault);
    check_effect(reader, fault);
    reader.finish();
    return fault;
}

Signing read_signing(TableReader reader) {
    Signing signing;
    signing.fault = reader.word("fault", dnssec_words, DnssecFault::none);
    signing.added = reader.text("added").value_or("");
    if (signing.fault == DnssecFault::record_added_by_hand && !reader.has("added"))
        reader.complain("added", "is missing: which records were added by hand?");
    if (signing.fault != DnssecFault::record_added_by_hand && reader.has("added"))
        reader.complain("added", "is for the fault record-added-by-hand only");
    reader.finish();
    return signing;
}

}  // namespace custdkim::lab
