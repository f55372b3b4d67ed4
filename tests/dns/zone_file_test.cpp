#include "dns/zone_file.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temporary_directory.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using dns::Record;

namespace {

dns::Name name(std::string_view text) { return dns::Name::parse(text).value(); }

std::vector<Record> read(std::string_view text) {
    return dns::read_zone_text(text, "apex.zone", name("example.net"), 300).value();
}

class Folder : public test::TemporaryDirectory {
  public:
    std::filesystem::path write(std::string_view content) const {
        std::ofstream(path() / "apex.zone", std::ios::binary) << content;
        return path() / "apex.zone";
    }
};

std::string file_refusal(const std::filesystem::path& file) {
    const auto records = dns::read_zone_file(file, name("example.net"), 300);
    REQUIRE(records.has_error());
    CHECK(to_string(records.error().code) == "invalid");
    return records.error().detail;
}

}  // namespace

TEST_CASE("Records are read in the order of the file") {
    CHECK(read("b A 192.0.2.2\na AAAA 2001:db8::1\n") ==
          std::vector<Record>{{name("b.example.net"), "A", 300, "192.0.2.2"},
                              {name("a.example.net"), "AAAA", 300, "2001:db8::1"}});
}

TEST_CASE("Nothing, blank lines and comments are a zone file of no records") {
    const std::string text = GENERATE("", "\n", "\n\n; nothing here\n   \n", "; no newline at the end");
    CHECK(read(text).empty());
}

TEST_CASE("Relative names end in the origin, in owners and in data") {
    const auto records = read("www CNAME web\n@ MX 10 mail.example.org.\n");
    REQUIRE(records.size() == 2);
    CHECK(records[0] == Record{name("www.example.net"), "CNAME", 300, "web.example.net."});
    CHECK(records[1] == Record{name("example.net"), "MX", 300, "10 mail.example.org."});
}

TEST_CASE("Only an @ of its own is the origin") {
    const auto records =
        read("@ A 192.0.2.1\n\\@ A 192.0.2.2\n@home A 192.0.2.3\n@.example.net. A 192.0.2.4\n");
    REQUIRE(records.size() == 4);
    CHECK(records[0].owner == name("example.net"));
    CHECK(records[1].owner == name("\\@.example.net"));
    CHECK(records[2].owner == name("@home.example.net"));
    CHECK(records[3].owner == records[1].owner);
}

TEST_CASE("An owner that is left out is the one before, or the origin at the start") {
    const auto records = read(" A 192.0.2.1\nwww A 192.0.2.2\n  AAAA 2001:db8::1\n");
    REQUIRE(records.size() == 3);
    CHECK(records[0].owner == name("example.net"));
    CHECK(records[2].owner == name("www.example.net"));
}

TEST_CASE("$ORIGIN moves the origin from there on") {
    const auto records = read("a A 192.0.2.1\n$ORIGIN sub.example.net. ; from here\na CNAME b\n");
    REQUIRE(records.size() == 2);
    CHECK(records[0].owner == name("a.example.net"));
    CHECK(records[1] == Record{name("a.sub.example.net"), "CNAME", 300, "b.sub.example.net."});
}

TEST_CASE("The TTL is the record's own, else that of $TTL, else the default") {
    const auto records = read("a A 192.0.2.1\n$TTL 600\nb A 192.0.2.1\nc 60 IN A 192.0.2.1\nd A 192.0.2.1\n");
    REQUIRE(records.size() == 4);
    CHECK(records[0].ttl_seconds == 300);
    CHECK(records[1].ttl_seconds == 600);
    CHECK(records[2].ttl_seconds == 60);
    CHECK(records[3].ttl_seconds == 600);
    CHECK(read("$TTL 1h\na A 192.0.2.1\n")[0].ttl_seconds == 3600);
}

TEST_CASE("Parentheses carry a record over several lines, comments and all") {
    const auto records =
        read("@ CAA ( 0 ; flags (not critical)\n   issue\n  \"ca.example\" )\nb A 192.0.2.1\n");
    REQUIRE(records.size() == 2);
    CHECK(records[0] == Record{name("example.net"), "CAA", 300, "0 issue \"ca.example\""});
    CHECK(records[1].owner == name("b.example.net"));
}

TEST_CASE("Strings keep their semicolons, quotes and octets") {
    const auto records = read(R"(a TXT "v=1; x" "say \"x\"" "\200" plain ; a comment)");
    REQUIRE(records.size() == 1);
    CHECK(records[0].content == R"("v=1; x" "say \"x\"" "\200" "plain")");
    CHECK(read(R"(a TXT "\#one" "\# 1 00")")[0].content == R"("#one" "# 1 00")");
}

TEST_CASE("A type without a name is written as TYPEnnn") {
    const auto records = read("a TYPE65534 \\# 3 010203\n");
    REQUIRE(records.size() == 1);
    CHECK(records[0] == Record{name("a.example.net"), "TYPE65534", 300, "\\# 3 010203"});
}

TEST_CASE("Lines may end as they do on Windows, and the last one not at all") {
    const auto records = read("a A 192.0.2.1\r\nb A 192.0.2.2");
    REQUIRE(records.size() == 2);
    CHECK(records[0].content == "192.0.2.1");
    CHECK(records[1].content == "192.0.2.2");
}

TEST_CASE("A file is read like a text, and named in refusals") {
    const Folder folder;
    const auto file = folder.write("a A 192.0.2.1\n\nb A bad\n");
    CHECK_THAT(file_refusal(file), StartsWith(file.string() + ":3: "));
    folder.write("a A 192.0.2.1\n");
    const auto records = dns::read_zone_file(file, name("example.org"), 60).value();
    CHECK(records == std::vector<Record>{{name("a.example.org"), "A", 60, "192.0.2.1"}});
}

TEST_CASE("A file that is not there, or is a directory, is refused by name") {
    const Folder folder;
    CHECK_THAT(file_refusal(folder.path() / "none"),
               StartsWith((folder.path() / "none").string()) && Contains("No such file"));
    CHECK_THAT(file_refusal(folder.path()), Contains(folder.path().string() + ": is a directory"));
}

TEST_CASE("A file of any bytes is refused, not read as records") {
    using namespace std::string_literals;
    const Folder folder;
    CHECK_THAT(file_refusal(folder.write("\x7f"s + "ELF\x02\x01\x01\0\0\0\0\0\xff\xfe\n\x01"s)),
               Contains(":1: "));
    CHECK_THAT(file_refusal(folder.write(std::string(100000, '\xff'))), Contains(":1: "));
    CHECK_THAT(file_refusal(folder.write("a TXT \"" + std::string(100000, 'x') + "\"\n")), Contains(":1: "));
}

TEST_CASE("$GENERATE makes records that differ in a number") {
    const auto records =
        read("$GENERATE 1-5/2 host-$ A 192.0.2.$\n$GENERATE 9-10 ${1,3,x} 60 IN CNAME x\\$$.$\n");
    REQUIRE(records.size() == 5);
    CHECK(records[0] == Record{name("host-1.example.net"), "A", 300, "192.0.2.1"});
    CHECK(records[2] == Record{name("host-5.example.net"), "A", 300, "192.0.2.5"});
    CHECK(records[3] == Record{name("00a.example.net"), "CNAME", 60, "x$9.9.example.net."});
    CHECK(records[4].owner == name("00b.example.net"));
}

TEST_CASE("A file may include others of its directory, each with an origin and an owner of its own") {
    const Folder folder;
    std::filesystem::create_directory(folder.path() / "more");
    std::ofstream(folder.path() / "more" / "a.zone")
        << "a A 192.0.2.1\n$ORIGIN elsewhere.example.net.\nb A 192.0.2.2\n"
           "$INCLUDE b.zone\n";
    std::ofstream(folder.path() / "more" / "b.zone") << "@ A 192.0.2.3\n";
    const auto file = folder.write("x A 192.0.2.9\n$INCLUDE more/a.zone sub\n A 192.0.2.10\n");
    const auto records = dns::read_zone_file(file, name("example.net"), 300).value();
    REQUIRE(records.size() == 5);
    CHECK(records[1].owner == name("a.sub.example.net"));
    CHECK(records[2].owner == name("b.elsewhere.example.net"));
    CHECK(records[3].owner == name("elsewhere.example.net"));
    CHECK(records[4] == Record{name("x.example.net"), "A", 300, "192.0.2.10"});
}

TEST_CASE("What is wrong in an included file is told with its name and line") {
    const Folder folder;
    std::ofstream(folder.path() / "more.zone") << "\na A bad\n";
    CHECK_THAT(file_refusal(folder.write("$INCLUDE more.zone\n")),
               StartsWith((folder.path() / "more.zone").string() + ":2: "));
    CHECK_THAT(file_refusal(folder.write("\n$INCLUDE none.zone\n")),
               StartsWith((folder.path() / "apex.zone").string() + ":2: ") && Contains("No such file"));
}

TEST_CASE("Nothing outside the directory of a zone file can be included") {
    const Folder folder;
    std::filesystem::create_directory(folder.path() / "zones");
    std::ofstream(folder.path() / "secret") << "a A 192.0.2.1\n";
    std::filesystem::create_symlink("../secret", folder.path() / "zones" / "link");
    const auto file = folder.path() / "zones" / "apex.zone";
    const std::vector<std::string> outside{
        "../secret", "link", ".", "x/../../secret", (folder.path() / "secret").string(), file.string()};
    for (const std::string& out : outside) {
        INFO(out);
        std::ofstream(file, std::ios::trunc) << "$INCLUDE " << out << "\n";
        CHECK_THAT(file_refusal(file), Contains("apex.zone:1: $INCLUDE " + out + " is not below "));
    }
}

TEST_CASE("A file that includes itself is refused, and so is one that is no file") {
    const Folder folder;
    CHECK_THAT(file_refusal(folder.write("$INCLUDE apex.zone\n")), Contains("nested more than 8 deep"));
    REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
    CHECK_THAT(file_refusal(folder.write("$INCLUDE pipe\n")),
               Contains("apex.zone:1: ") && Contains("is not a file"));
}

TEST_CASE("A string of more than 255 octets is read as several") {
    const std::string piece(255, 'x');
    CHECK(read("a TXT \"" + piece + piece + "y\"\n")[0].content ==
          "\"" + piece + "\" \"" + piece + "\" \"y\"");
    CHECK(read("a TXT \"" + std::string(254, 'x') + "\\200z\"\n")[0].content ==
          "\"" + std::string(254, 'x') + "\\200\" \"z\"");
    CHECK(read("a TXT \"" + piece + "\" b\n")[0].content == "\"" + piece + "\" \"b\"");
}

TEST_CASE("PowerDNS's own types are passed on, with names made absolute") {
    const auto records = read("a ALIAS b\nl LUA A \"ifportup(443, {'192.0.2.1'})\"\n");
    REQUIRE(records.size() == 2);
    CHECK(records[0] == Record{name("a.example.net"), "ALIAS", 300, "b.example.net."});
    CHECK(records[1] == Record{name("l.example.net"), "LUA", 300, "A \"ifportup(443, {'192.0.2.1'})\""});
}

TEST_CASE("Types that PowerDNS has no name for are written as RFC 3597 has them, and others are not") {
    CHECK(read("a X25 \"311061700956\"\n")[0] ==
          Record{name("a.example.net"), "TYPE19", 300, "\\# 13 0C333131303631373030393536"});
    CHECK(read("a TYPE1 \\# 4 C0000201\n")[0] == Record{name("a.example.net"), "A", 300, "192.0.2.1"});
}

TEST_CASE("What PowerDNS reads in its own way is written in that way") {
    CHECK(read("a CERT PKIX 1 RSASHA256 MTIz\n")[0].content == "1 1 8 MTIz");
    CHECK(read("a IPSECKEY 10 0 2 . AQNR\n")[0].content == "10 0 2 AQNR");
    CHECK(read("a IPSECKEY 10 3 2 gw.example.net. AQNR\n")[0].content == "10 3 2 gw.example.net. AQNR");
    CHECK(read("a CAA 0 issue ca.example.net\n")[0].content == "0 issue \"ca.example.net\"");
    CHECK(read("a CAA 0 issue \"ca.example.net; x=y\"\n")[0].content == "0 issue \"ca.example.net; x=y\"");
}
