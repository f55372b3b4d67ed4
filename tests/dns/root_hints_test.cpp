#include "dns/root_hints.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "dns/address_policy.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace custdkim;

namespace {

struct Files {
    std::filesystem::path with(const std::string& text) {
        const auto path = directory / "file";
        std::ofstream(path) << text;
        return path;
    }
    test::TemporaryDirectory directory;
};

}  // namespace

TEST_CASE("Root hints are the addresses in the file, and nothing else of it") {
    Files files;
    const auto servers =
        dns::read_root_hints(files.with("; hints\n"
                                        ".  3600000  NS  A.ROOT-SERVERS.NET.\n"
                                        "A.ROOT-SERVERS.NET. 3600000 A 198.41.0.4\n"
                                        "\n"
                                        "A.ROOT-SERVERS.NET. 3600000 AAAA 2001:503:BA3E::2:30\n"
                                        ". 3600000 IN NS B.ROOT-SERVERS.NET.\n"
                                        "B.ROOT-SERVERS.NET. IN A 170.247.170.2 ; Marina\n"
                                        "C.ROOT-SERVERS.NET. IN A 170.247.170.2\n"));
    REQUIRE(servers.has_value());
    CHECK(*servers == std::vector<dns::ServerAddress>{
                          {"170.247.170.2", 53}, {"198.41.0.4", 53}, {"2001:503:ba3e::2:30", 53}});
}

TEST_CASE("Root hints that are none are refused, naming the file and the remedy") {
    Files files;
    for (const char* text : {"", "; nothing\n", ". NS a.root-servers.net.\n",
                             "a.root-servers.net. A 300.1.1.1\n", "<html>not found</html>\n"}) {
        const auto file = files.with(text);
        const auto servers = dns::read_root_hints(file);
        REQUIRE_FALSE(servers.has_value());
        CHECK(servers.error().code == Errc::invalid);
        CHECK(servers.error().detail.find(file.string()) != std::string::npos);
        CHECK(servers.error().detail.find("named.root") != std::string::npos);
    }
    CHECK(dns::read_root_hints(files.directory / "missing").error().detail ==
          "cannot read the root hints " + (files.directory / "missing").string() +
              ": No such file or directory; give a file like https://www.internic.net/domain/named.root, or "
              "none");
    CHECK_FALSE(dns::read_root_hints(files.directory.path()).has_value());
}

TEST_CASE("The built-in root servers are 13, twice, and all may be asked") {
    const auto servers = dns::built_in_root_servers();
    CHECK(servers.size() == 26);
    const dns::AddressPolicy policy;
    for (const dns::ServerAddress& server : servers) {
        CHECK(policy.permits(server.address));
        CHECK(server.port == 53);
    }
}

TEST_CASE("Trust anchors are DS and DNSKEY records, one on each line") {
    Files files;
    const auto anchors = dns::read_trust_anchors(files.with(
        "; the root\n. 172800 IN DS 20326 8 2 (\n  E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC6834\n"
        "  57104237C7F8EC8D )\n. IN DNSKEY 257 3 13 "
        "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ== ; x\n"));
    REQUIRE(anchors.has_value());
    REQUIRE(anchors->size() == 2);
    CHECK(anchors->at(0).find("20326 8 2 e06d44b8") != std::string::npos);
    CHECK(anchors->at(1).find(";") == std::string::npos);
    for (const std::string& anchor : *anchors) CHECK(anchor.find('\n') == std::string::npos);
}

TEST_CASE("A trust anchor that is none is refused, naming the file and the remedy") {
    Files files;
    for (const char* text : {"", ". IN DS 20326 8 2 nonsense\n", "a. A 192.0.2.1\n", "<xml/>\n"}) {
        const auto file = files.with(text);
        const auto anchors = dns::read_trust_anchors(file);
        REQUIRE_FALSE(anchors.has_value());
        CHECK(anchors.error().detail.find(file.string()) != std::string::npos);
        CHECK(anchors.error().detail.find("give a file with the root's DS or DNSKEY records") !=
              std::string::npos);
    }
}

TEST_CASE("The built-in trust anchors can be read back") {
    Files files;
    std::string text;
    for (const std::string& anchor : dns::built_in_trust_anchors()) text += anchor + "\n";
    CHECK(dns::read_trust_anchors(files.with(text)).value().size() == 2);
}
