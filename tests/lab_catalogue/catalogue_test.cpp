// The misconfigurations that are shipped, each linted; and reading folders.
#include "lab/catalogue/catalogue.hpp"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "lab/catalogue/catalogue_text.hpp"
#include "lab/catalogue/expected_match.hpp"
#include "lab/catalogue/expected_text.hpp"
#include "lab/wire/zone_text.hpp"
#include "tests/lab_catalogue/files.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::lab::test {

namespace {

namespace fs = std::filesystem;

const fs::path source(source_dir());

std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Placeholders acme() {
    return {
        "acme.example",
        {"s1", "s2"},
        {"s1.q7w2ka.custdkim.example.net", "s2.m4x9tz.custdkim.example.net"},
        {"v=DKIM1; k=rsa; p=" + std::string(392, 'A'), "v=DKIM1; p=two"},
        {"ns1.host.example", "ns2.host.example", "ns3.host.example", "ns4.host.example", "ns5.host.example"}};
}

// Fails the test where the text does not read as records.
void check_records(const std::string& text, const std::string& what) {
    INFO(what);
    const auto filled = fill(text, acme());
    REQUIRE(filled.has_value());
    const auto records = parse_zone_text(*filled, what, wire_name("acme.example").value());
    INFO((records ? "" : records.error().detail));
    CHECK(records.has_value());
}

void check_expected(const Expected& expected, const std::string& what) {
    INFO(what + ": " + to_text(expected));
    const auto filled = fill(expected, acme());
    REQUIRE(filled.has_value());
    for (const Expected::Record& record : filled->records) {
        if (record.type != "TXT")
            CHECK(parse_rdata(parse_type(record.type).value(), record.content).has_value());
    }
}

void each_flavour(const std::function<void(const Misconfiguration&, const Flavour&)>& visit) {
    for (const Misconfiguration& misconfiguration : Catalogue::built_in().all()) {
        for (const Flavour& flavour : misconfiguration.flavours) visit(misconfiguration, flavour);
    }
}

// A folder of its own, removed at the end.
class Folder {
  public:
    Folder() : path_(fs::temp_directory_path() / ("custdkim-catalogue-" + std::to_string(::getpid()))) {
        fs::remove_all(path_);
        fs::create_directories(path_);
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
    }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

}  // namespace

TEST_CASE("Every file in lab/misconfigurations reads, and is in the program") {
    const auto read = Catalogue::read(source / "lab/misconfigurations");
    if (!read) FAIL(read.error().detail);
    REQUIRE(read->all().size() == Catalogue::built_in().all().size());
    CHECK(list_json(*read) == list_json(Catalogue::built_in()));
}

TEST_CASE("Every zone text and every record of a shipped file reads") {
    for (const Misconfiguration& of : Catalogue::built_in().all()) {
        check_records(of.zone, of.id + " zone");
        if (of.before) check_records(*of.before, of.id + " before");
        for (const Flavour& flavour : of.flavours) {
            if (flavour.zone) check_records(*flavour.zone, of.id + " " + flavour.id);
        }
        for (const OddServer& server : of.servers) {
            if (server.zone) check_records(*server.zone, of.id + " server");
        }
        for (const ServerFault& fault : of.faults) {
            if (fault.records) check_records(*fault.records, of.id + " fault");
        }
        if (of.dnssec) check_records(of.dnssec->added, of.id + " dnssec");
    }
}

TEST_CASE("Every record that a shipped file expects can be written") {
    each_flavour([](const Misconfiguration& of, const Flavour& flavour) {
        for (const std::size_t slot : {std::size_t{0}, std::size_t{1}}) {
            check_expected(flavour.expect.cname[slot], of.id);
            check_expected(flavour.expect.txt[slot], of.id);
        }
        if (flavour.expect.txt1_after_cname1) check_expected(*flavour.expect.txt1_after_cname1, of.id);
        if (flavour.expect.cname1_after_txt1) check_expected(*flavour.expect.cname1_after_txt1, of.id);
    });
}

TEST_CASE("What is healthy ends at the right key, whatever is on the way") {
    each_flavour([](const Misconfiguration& of, const Flavour& flavour) {
        if (of.group != Group::healthy) return;
        for (const std::size_t slot : {std::size_t{0}, std::size_t{1}}) {
            const std::string digit = slot == 0 ? "1" : "2";
            const std::string text = to_text(flavour.expect.txt[slot]);
            CAPTURE(of.id, text);
            CHECK(text.ends_with("CNAME {target" + digit + "}. | TXT {key" + digit + "}"));
        }
    });
}

TEST_CASE("A server that is not loaded, or knows no such zone, leads to SERVFAIL") {
    each_flavour([](const Misconfiguration& of, const Flavour& flavour) {
        if (flavour.serves != Serves::servfail && flavour.serves != Serves::refused) return;
        CAPTURE(of.id);
        const Expected servfail{"SERVFAIL", false, std::nullopt, {}};
        CHECK(flavour.expect.cname == std::array{servfail, servfail});
        CHECK(flavour.expect.txt == std::array{servfail, servfail});
    });
}

TEST_CASE("Texts are sentences, and sources are public") {
    for (const Misconfiguration& of : Catalogue::built_in().all()) {
        CAPTURE(of.id);
        CHECK(of.did.ends_with('.'));
        CHECK((of.fix.empty() || of.fix.ends_with('.') || of.fix.ends_with('"')));
        CHECK((of.note.empty() || of.note.ends_with('.')));
        CHECK_FALSE(of.title.ends_with('.'));
        CHECK(of.source.find(".md") == std::string::npos);
        CHECK(of.source.find("/work") == std::string::npos);
    }
}

TEST_CASE("The misconfigurations come by group, then by name, and are found by name") {
    const Catalogue& catalogue = Catalogue::built_in();
    for (std::size_t i = 1; i < catalogue.all().size(); ++i) {
        const Misconfiguration &one = catalogue.all()[i - 1], &next = catalogue.all()[i];
        CHECK((one.group < next.group || (one.group == next.group && one.id < next.id)));
    }
    CHECK(catalogue.find("cname-proxied")->cause == "cname-proxied");
    CHECK(catalogue.find("healthy")->group == Group::healthy);
    CHECK(catalogue.find("none-such") == nullptr);
}

TEST_CASE("What a misconfiguration is seen as is a cause that some file has") {
    std::set<std::string> causes{"healthy"};
    for (const Misconfiguration& one : Catalogue::built_in().all()) causes.insert(one.cause);
    for (const Misconfiguration& one : Catalogue::built_in().all()) {
        for (const Flavour& flavour : one.flavours) {
            INFO(one.id << " " << flavour.id << ": " << one.seen_as_of(flavour));
            CHECK(causes.count(one.seen_as_of(flavour)) == 1);
        }
    }
}

TEST_CASE("docs/misconfigurations.md is what the files say") {
    const bool same = contents(source / "docs/misconfigurations.md") == list_markdown(Catalogue::built_in());
    INFO("custdkim-lab misconfigurations --markdown > docs/misconfigurations.md");
    CHECK(same);
}

TEST_CASE("The list has a heading and a line for each misconfiguration, with its flavours") {
    const std::string list = usage::aligned(list_rows(Catalogue::built_in()));
    const auto lines = static_cast<std::size_t>(std::count(list.begin(), list.end(), '\n'));
    CHECK(lines == 1 + Catalogue::built_in().all().size());
    CHECK_THAT(list, Catch::Contains("refused, cname-wins, frozen, by-type\n"));
}

TEST_CASE("A folder is read, and what is not TOML is left alone") {
    const Folder folder;
    folder.write("some-fault.toml", good_file);
    folder.write("README.md", "# not one");
    const auto read = Catalogue::read(folder.path());
    REQUIRE(read.has_value());
    REQUIRE(read->all().size() == 1);
    CHECK(read->all()[0].id == "some-fault");
}

TEST_CASE("The problems of all files in a folder are told at once") {
    const Folder folder;
    folder.write("some-fault.toml", good_file);
    folder.write("a.toml", "id = 1\n" + good_file.substr(good_file.find("title")));
    folder.write("b.toml", "title =\n");
    folder.write("c.toml", std::string(65 * 1024, '#'));
    const auto read = Catalogue::read(folder.path());
    REQUIRE_FALSE(read.has_value());
    const std::string path = folder.path().string();
    CHECK_THAT(read.error().detail, Catch::Contains(path + "/a.toml:1: id must be a string, in quotes\n"));
    CHECK_THAT(read.error().detail, Catch::Contains(path + "/b.toml:1: "));
    CHECK_THAT(read.error().detail, Catch::Contains(path + "/c.toml: is longer than 64 KiB"));
}

TEST_CASE("A folder that is not there, or has no misconfigurations, is refused") {
    const Folder folder;
    CHECK_THAT(Catalogue::read(folder.path()).error().detail, Catch::Contains("no file ends in .toml"));
    CHECK_THAT(Catalogue::read(folder.path() / "none").error().detail, Catch::Contains("cannot be read"));
}

}  // namespace custdkim::lab::test
