// How a misconfiguration's file is read, and what is refused.
#include <catch2/catch.hpp>

#include "lab/catalogue/catalogue.hpp"
#include "tests/lab_catalogue/files.hpp"

namespace custdkim::lab::test {

namespace {

Misconfiguration read(const std::string& text) {
    auto read = Catalogue::parse(text, "some-fault.toml");
    if (!read) FAIL(read.error().detail);
    return *read;
}

std::string problem(const std::string& text) {
    const auto read = Catalogue::parse(text, "some-fault.toml");
    return read ? "none" : read.error().detail;
}

std::string replaced(const std::string& text, const std::string& what, const std::string& by) {
    std::string changed = text;
    const std::size_t at = changed.find(what);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, what.size(), by);
}

std::string flavour(const std::string& id, const std::string& more = "") {
    return "[[flavour]]\nid = \"" + id + "\"\ntitle = \"T\"\n" + more + "[flavour.expect]\n" + four;
}

}  // namespace

TEST_CASE("A file without flavours has one, for all servers, that serves the zone as written") {
    const Misconfiguration fault = read(good_file);
    CHECK(fault.id == "some-fault");
    CHECK(fault.group == Group::missing);
    CHECK(fault.cause == "some-cause");
    REQUIRE(fault.flavours.size() == 1);
    const Flavour& only = fault.flavours[0];
    CHECK(only.id == "default");
    CHECK(only.servers.size() == 4);
    CHECK(only.serves == Serves::as_written);
    CHECK(only.expect.cname[0] == Expected{"NXDOMAIN", false, std::nullopt, {}});
    CHECK(only.expect.txt[1].records ==
          std::vector<Expected::Record>{{"CNAME", "{target2}."}, {"TXT", "{key2}"}});
    CHECK(fault.flavour("") == &fault.flavours[0]);
    CHECK(fault.flavour("frozen") == nullptr);
}

TEST_CASE("Everything that the format has is read") {
    const Misconfiguration fault =
        read(good_head + R"(without = ["SOA"]
before = "@ A 192.0.2.1"
primed = true
note = "N"
)" +
             flavour("frozen",
                     "servers = [\"bind\", \"knot\"]\nserves = \"before\"\nzone = \"@ A 192.0.2.2\"\n"
                     "[[flavour.fault]]\nservers = [3]\nanswer = \"drop\"\n") +
             R"(txt1_after_cname1 = "SERVFAIL EDE 7"
[[server]]
number = 3
listed = false
zone = "@ A 192.0.2.3"
[[server]]
number = 2
serves = "refused"
[[fault]]
servers = [1, 3]
name = "{owner1}"
types = ["TXT"]
transport = "tcp"
edns = false
nth = [1, 2]
from = "10m"
until = "1h"
records = "{owner1}. TXT p=old"
rcode = "NXDOMAIN"
mangle = "foreign-id"
delay = "3s"
[[fault]]
flatten = "{target1}"
[dnssec]
fault = "record-added-by-hand"
added = "x A 192.0.2.1"
)");
    CHECK(fault.without_soa);
    CHECK_FALSE(fault.without_ns);
    CHECK(fault.primed);
    CHECK(fault.flavours[0].serves == Serves::before);
    CHECK(fault.flavours[0].servers == std::vector{RealServer::bind, RealServer::knot});
    CHECK(fault.flavours[0].zone == "@ A 192.0.2.2");
    REQUIRE(fault.flavours[0].faults.size() == 1);
    CHECK(fault.flavours[0].faults[0].servers == std::vector{3U});
    CHECK(fault.flavours[0].faults[0].answer == FaultyAnswer::drop);
    CHECK(fault.flavours[0].expect.txt1_after_cname1->extended_error == 7);
    REQUIRE(fault.servers.size() == 2);
    CHECK(fault.servers[0].number == 3);
    CHECK_FALSE(fault.servers[0].listed);
    CHECK(fault.servers[1].serves == Serves::refused);
    REQUIRE(fault.faults.size() == 2);
    const ServerFault& first = fault.faults[0];
    CHECK(first.servers == std::vector{1U, 3U});
    CHECK(first.name == "{owner1}");
    CHECK(first.types == std::vector<std::string>{"TXT"});
    CHECK(first.tcp == true);
    CHECK(first.edns == false);
    CHECK(first.nth == std::vector{1U, 2U});
    CHECK(first.from == std::chrono::minutes(10));
    CHECK(first.until == std::chrono::hours(1));
    CHECK(first.records == "{owner1}. TXT p=old");
    CHECK(first.rcode == "NXDOMAIN");
    CHECK(first.mangle == Mangle::foreign_id);
    CHECK(first.delay == std::chrono::seconds(3));
    CHECK(fault.faults[1].flatten == "{target1}");
    CHECK(fault.dnssec->fault == DnssecFault::record_added_by_hand);
}

TEST_CASE("All problems of a file are told at once, each with its line, in the order of the lines") {
    std::string text = replaced(good_file, "title = \"A fault\"\n", "titel = \"A fault\"\n");
    text = replaced(text, "\"missing\"", "\"lost\"");
    text = replaced(text, "{owner1}", "{owner3}");
    text = replaced(text, "txt1 = \"NXDOMAIN\"\n", "");
    CHECK(problem(text) ==
          "some-fault.toml:1: title is missing\n"
          "some-fault.toml:2: 'titel' is not known here\n"
          "some-fault.toml:3: group is 'lost'; it must be one of missing, no-cname, text-instead, conflict, "
          "wrong-target, servers, dnssec, timing, healthy\n"
          "some-fault.toml:7: fix: '{owner3}' is no placeholder; there are {domain}, {server1} to {server5}, "
          "and "
          "with 1 or 2 {selector1}, {owner1}, {target1}, {label1}, {suffix1}, {key1} and {txt1}\n"
          "some-fault.toml:9: txt1 is missing; all four of cname1, txt1, cname2 and txt2 are expected");
}

TEST_CASE("What is not TOML is refused with its line") {
    CHECK(problem("id = \"some-fault\"\ntitle = \n").starts_with("some-fault.toml:2: "));
    CHECK(problem(good_file + "txt2 = \"NXDOMAIN\"\n").starts_with("some-fault.toml:14: "));
}

TEST_CASE("A file that expects nothing is refused") {
    CHECK(problem(good_head) ==
          "some-fault.toml:1: [expect] is missing: a file that expects nothing shows nothing");
    CHECK(problem(good_head + "flavour = []\n").find("expects nothing") != std::string::npos);
    CHECK(problem(good_head + "[[flavour]]\nid = \"a\"\ntitle = \"T\"\n").find("expects nothing") !=
          std::string::npos);
}

TEST_CASE("Each of these is refused, in words that name it") {
    struct Case {
        std::string text, sentence;
    };
    const std::string fault = good_file + "[[fault]]\n";
    const std::string server = good_file + "[[server]]\n";
    const auto refused = GENERATE_COPY(values<Case>(
        {{replaced(good_file, "some-fault", "other"), "id is 'other' in the file of 'some-fault'"},
         {replaced(good_file, "some-fault", "Some_fault"), "must be lower-case letters, digits and dashes"},
         {replaced(good_file, "\"Did it.\"", "3"), "did must be a string, in quotes"},
         {replaced(good_file, "\"Did it.\"", "\" \""), "did is empty"},
         {replaced(good_file, "source = \"RFC 1034\"\n", ""), "source is missing"},
         {replaced(good_file, "cause = \"some-cause\"\n", ""), "cause is missing"},
         {replaced(good_file, "fix = \"Mend {owner1}.\"\n", ""), "fix is missing"},
         {replaced(good_file, "\"missing\"", "\"healthy\""), "cause is not for what is healthy"},
         {replaced(good_file, "\"missing\"", "\"healthy\""), "fix is not for what is healthy"},
         {replaced(good_file, "{target1}", "{target"), "is no placeholder"},
         {replaced(good_file, "{target2}.", "{goal}."), "cname2: '{goal}' is no placeholder"},
         {replaced(good_file, "cname1 = \"NXDOMAIN\"", "cname1 = \"NXDOMIAN\""), "no response code"},
         {good_file + "cname3 = \"NXDOMAIN\"\n", "'cname3' is not known here"},
         {replaced(good_file, "[expect]", "primed = true\n[expect]"),
          "primed needs the zone before the edit"},
         {replaced(good_file, "[expect]", "primed = 1\n[expect]"), "primed must be true or false"},
         {replaced(good_file, "[expect]", "without = [\"MX\"]\n[expect]"), "without is for SOA and NS only"},
         {replaced(good_file, "[expect]", "without = \"NS\"\n[expect]"), "without must be a list of strings"},
         {replaced(good_file, "[expect]", "seen_as = \"some-cause\"\n[expect]"),
          "seen_as is the cause itself; leave it out"},
         {replaced(good_file, "[expect]", "seen_as = \"Not this\"\n[expect]"), "lower-case letters"},
         {replaced(good_file, "[expect]", "seen_as = \"a\"\nharmless = true\n[expect]"),
          "harmless is beside seen_as"},
         {replaced(good_file, "[expect]", "harmless = \"yes\"\n[expect]"), "harmless must be true or false"},
         {replaced(replaced(good_file, "\"missing\"", "\"healthy\""), "[expect]",
                   "seen_as = \"a\"\n[expect]"),
          "seen_as is not for what is healthy"},
         {replaced(replaced(good_file, "\"missing\"", "\"healthy\""), "[expect]",
                   "harmless = true\n[expect]"),
          "harmless is not for what is healthy"},
         {replaced(good_head, "\"missing\"", "\"healthy\"") + flavour("a", "seen_as = \"healthy\"\n"),
          "seen_as is not for what is healthy"},
         {good_head + flavour("a", "seen_as = \"some-cause\"\n"), "seen_as is the cause itself"},
         {good_file + flavour("a"), "expect is beside [[flavour]]"},
         {good_head + flavour("a") + flavour("a"), "id 'a' is there twice"},
         {good_head + flavour("a", "servers = [\"nsd\"]\n") + flavour("b", "servers = [\"nsd\"]\n"),
          "servers names nsd, as does 'a'"},
         {good_head + flavour("a", "servers = [\"djbdns\"]\n"), "servers names 'djbdns'"},
         {good_head + flavour("a", "serves = \"before\"\n"), "there is no zone before the edit"},
         {good_head + flavour("a", "serves = \"sometimes\"\n"), "serves is 'sometimes'"},
         {good_head + flavour("a", "[[flavour.fault]]\n"), "[[fault]] does nothing"},
         {good_head + flavour("a", "[[flavour.fault]]\nanswer = \"drop\"\nservers = [3]\n"),
          "servers names 3"},
         {server + "zone = \"\"\n", "number is missing"},
         {server + "number = 6\nzone = \"\"\n", "number must be a whole number from 1 to 5"},
         {server + "number = 2\n", "[[server]] is no different"},
         {server + "number = 3\n[[server]]\nnumber = 3\n", "number 3 is there twice"},
         {server + "number = 1\nserves = \"before\"\n", "there is no zone before the edit"},
         {fault, "[[fault]] does nothing"},
         {fault + "servers = [3]\nanswer = \"drop\"\n",
          "servers names 3; there are 1, 2 and those in [[server]]"},
         {fault + "name = \"a\"\nunder = \"b\"\nanswer = \"drop\"\n", "under and name are both there"},
         {fault + "types = [\"TEXT\"]\nanswer = \"drop\"\n", "types names 'TEXT', which is no record type"},
         {fault + "transport = \"quic\"\nanswer = \"drop\"\n", "transport is 'quic'"},
         {fault + "nth = [0]\nanswer = \"drop\"\n", "nth must be a whole number from 1"},
         {fault + "from = \"1h\"\nuntil = \"5m\"\nanswer = \"drop\"\n", "until must be later than from"},
         {fault + "from = \"soon\"\nanswer = \"drop\"\n", "from "},
         {fault + "answer = \"explode\"\n", "answer is 'explode'"},
         {fault + "answer = \"drop\"\nflatten = \"{target1}\"\n", "give one of answer, records and flatten"},
         {fault + "answer = \"drop\"\nrcode = \"NXDOMAIN\"\n", "rcode is without records"},
         {fault + "records = \"\"\nrcode = \"NONE\"\n", "rcode is 'NONE', which is no response code"},
         {fault + "transport = \"udp\"\nanswer = \"hang-up\"\n", "hang-up is for TCP"},
         {fault + "transport = \"tcp\"\nanswer = \"truncate\"\n", "truncate is for UDP"},
         {fault + "delay = \"2m\"\n", "delay is longer than 60s"},
         {good_file + "[dnssec]\nfault = \"record-added-by-hand\"\n", "added is missing"},
         {good_file + "[dnssec]\nadded = \"x\"\n", "added is for the fault record-added-by-hand only"},
         {replaced(good_file, "[expect]", "dnssec = true\n[expect]"), "dnssec must be a table: [dnssec]"},
         {replaced(good_file, "[expect]", "fault = 1\n[expect]"), "fault must be tables: [[fault]]"}}));
    CAPTURE(refused.text);
    CHECK_THAT(problem(refused.text), Catch::Contains(refused.sentence));
}

TEST_CASE("A finding begins with the cause, unless file or flavour says what it looks like") {
    const std::string head = good_head + "seen_as = \"look-alike\"\n";
    const Misconfiguration plain = read(good_file);
    CHECK(plain.seen_as_of(plain.flavours[0]) == "some-cause");
    CHECK_FALSE(plain.is_harmless(plain.flavours[0]));
    const Misconfiguration fault = read(head + flavour("a") + flavour("b", "seen_as = \"healthy\"\n") +
                                        flavour("c", "harmless = true\n"));
    CHECK(fault.seen_as_of(fault.flavours[0]) == "look-alike");
    CHECK(fault.seen_as_of(fault.flavours[1]) == "healthy");
    CHECK(fault.seen_as_of(fault.flavours[2]) == "some-cause");
    CHECK_FALSE(fault.is_harmless(fault.flavours[1]));
    CHECK(fault.is_harmless(fault.flavours[2]));
    const Misconfiguration harmless = read(good_head + "harmless = true\n" + flavour("a"));
    CHECK(harmless.is_harmless(harmless.flavours[0]));
}

TEST_CASE("The problems of seen_as come with their lines") {
    CHECK(problem(good_head + "seen_as = \"some-cause\"\n[expect]\n" + four) ==
          "some-fault.toml:9: seen_as is the cause itself; leave it out");
}

TEST_CASE("A healthy file has neither cause nor fix") {
    std::string text = replaced(good_file, "\"missing\"", "\"healthy\"");
    text = replaced(text, "cause = \"some-cause\"\n", "");
    text = replaced(text, "fix = \"Mend {owner1}.\"\n", "");
    CHECK(read(text).cause.empty());
}

}  // namespace custdkim::lab::test
