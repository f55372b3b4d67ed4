// activation/providers/*.toml: all are read, and what is wrong in one is told with its line.
#include "service/provider_files.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "dns/name.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::test {

namespace {

using Texts = std::vector<std::string>;

// The table at the beginning of docs/misconfigurations.md.
Texts documented_causes() {
    std::ifstream page(std::filesystem::path(source_dir()) / "docs" / "misconfigurations.md");
    Texts causes;
    for (std::string line; std::getline(page, line);) {
        std::smatch match;
        if (std::regex_search(line, match, std::regex(R"(^\| `([a-z-]+)` \|)"))) causes.push_back(match[1]);
    }
    return causes;
}

const std::string minimal = R"(name = "Acme DNS"
sources = ["https://acme.example/help"]
name_servers = ["ns.acme.example"]
entering = "At Acme DNS: type it."
)";

std::string problem_in(const std::string& text, const Texts& causes = {}) {
    const auto read = read_provider(text, "acme.toml", causes);
    return read ? "" : read.error().detail;
}

const activation::Provider* who_runs(const Texts& servers) {
    std::vector<dns::Name> names;
    for (const std::string& server : servers) names.push_back(dns::Name::parse(server).value());
    return activation::provider_of(names, known_providers());
}

std::string name_of(const activation::Provider* provider) { return provider ? provider->name : ""; }

}  // namespace

TEST_CASE("Every provider's file is sound, and its hints are for causes that there are") {
    const Texts causes = documented_causes();
    REQUIRE(causes.size() > 50);
    std::set<std::string> names;
    for (const ProviderFile& file : provider_files()) {
        const auto provider = read_provider(file.text, std::string(file.path), causes);
        if (!provider) FAIL_CHECK(provider.error().detail);
        if (provider) CHECK(names.insert(provider->name).second);
    }
    CHECK(known_providers().size() >= 10);
}

TEST_CASE("Providers are told by their name servers") {
    CHECK(name_of(who_runs({"ada.ns.cloudflare.com", "BOB.ns.cloudflare.com"})) == "Cloudflare");
    CHECK(name_of(who_runs({"ns-123.awsdns-45.com", "ns-1.awsdns-00.co.uk", "ns-7.awsdns-9.net"})) ==
          "Amazon Route 53");
    CHECK(name_of(who_runs({"ns1012.ui-dns.de", "ns1012.ui-dns.org"})) == "IONOS");
    CHECK(name_of(who_runs({"ns-cloud-b1.googledomains.com"})) == "Google Cloud DNS");
    CHECK(name_of(who_runs({"hydrogen.ns.hetzner.com", "helium.ns.hetzner.de"})) == "Hetzner");
}

TEST_CASE("Look-alikes, nobody and a draw are no provider's") {
    CHECK(name_of(who_runs({"ns.cloudflare.com.evil.example"})).empty());
    CHECK(name_of(who_runs({"ns1.notdomaincontrol.com"})).empty());
    CHECK(name_of(who_runs({"ns-1.awsdns.com", "ns-1.xawsdns-4.com"})).empty());
    CHECK(name_of(who_runs({"cloudflare.com", "com"})).empty());
    CHECK(name_of(who_runs({})).empty());
    CHECK(name_of(who_runs({"ada.ns.cloudflare.com", "dns1.p01.nsone.net"})).empty());
    CHECK(name_of(who_runs({"ada.ns.cloudflare.com", "bob.ns.cloudflare.com", "ns1.acme.example"})) ==
          "Cloudflare");
}

TEST_CASE("The hint is the cause's own; what goes wrong in the form has the form's") {
    const activation::Provider& cloudflare = *who_runs({"ada.ns.cloudflare.com"});
    CHECK(cloudflare.proxies);
    CHECK(activation::hint(cloudflare, "cname-proxied").find("\"DNS only\"") != std::string::npos);
    CHECK(activation::hint(cloudflare, "doubled-domain") == cloudflare.entering);
    CHECK(activation::hint(cloudflare, "dnssec-expired").empty());
    CHECK(activation::hint(cloudflare, "").empty());
}

TEST_CASE("A minimal file is read") {
    const auto provider = read_provider(minimal, "acme.toml");
    REQUIRE(provider.has_value());
    CHECK(provider->name == "Acme DNS");
    CHECK(provider->name_servers == std::vector{dns::Name::parse("ns.acme.example").value()});
    CHECK_FALSE(provider->flattens);
    CHECK_FALSE(provider->proxies);
    CHECK(provider->hints.empty());
}

TEST_CASE("What is not known in a provider's file is refused, with its line") {
    CHECK(problem_in(minimal + "flatens = true\n") ==
          "acme.toml:5: 'flatens' is not known here; did you mean 'flattens'?");
    CHECK(problem_in(minimal + "[hints]\ncname-proxyed = \"x\"\n", {"cname-proxied", "flattened"}) ==
          "acme.toml:6: there is no cause 'cname-proxyed'; did you mean 'cname-proxied'?");
    CHECK(problem_in(minimal + "[hints]\ncname-proxied = 1\n") ==
          "acme.toml:6: cname-proxied must be a text");
    CHECK(problem_in(minimal + "flattens = \"yes\"\n") == "acme.toml:5: flattens must be true or false");
    CHECK(problem_in(minimal + "proxy_networks = [\"192.0.2.0/24\"]\n") ==
          "acme.toml:5: proxy_networks: '192.0.2.0/24' needs proxies = true");
    CHECK(problem_in(minimal + "name = \"again\"\n").starts_with("acme.toml:5: "));
}

TEST_CASE("What is missing in a provider's file is told, all at once") {
    const std::string problems = problem_in("name = \"\"\nproxies = true\n");
    for (const char* const word : {"name must be a text", "'sources' is missing", "'name_servers' is missing",
                                   "'entering' is missing", "'proxy_networks' is missing"}) {
        CAPTURE(problems, word);
        CHECK(problems.find(word) != std::string::npos);
    }
    CHECK(problem_in("") != "");
}

TEST_CASE("Bad networks, sources and names in a provider's file are refused") {
    CHECK(problem_in(minimal + "proxies = true\nproxy_networks = [\"192.0.2.0/33\"]\n")
              .starts_with("acme.toml:6: proxy_networks: '192.0.2.0/33' "));
    const std::string text = GENERATE("name_servers = [\"com\"]", "name_servers = [\"a..b\"]",
                                      "name_servers = [1]", "name_servers = \"a.b\"", "name_servers = []");
    CHECK(problem_in("name = \"A\"\nsources = [\"https://a.example\"]\nentering = \"x\"\n" + text + "\n") !=
          "");
}

}  // namespace custdkim::test
