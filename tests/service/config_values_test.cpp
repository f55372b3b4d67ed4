// The values of the options: which are taken, which are refused, and with what words.
#include <pwd.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "sample_config.hpp"

namespace custdkim::test {

namespace {

const std::string at_6 = "/etc/custdkim/c.toml:6: ";

// What is said about one option in one section, without its place.
std::string said_about(const std::string& section, const std::string& line) {
    const std::string problem = problem_with("[" + section + "]\n" + line + "\n");
    if (problem.empty()) return "";
    CHECK(problem.starts_with(at_6 + section + "."));
    return problem.substr(problem.find(": ", at_6.size()) + 2);
}

bool is_taken(const std::string& section, const std::string& line) {
    return problem_with("[" + section + "]\n" + line + "\n").empty();
}

}  // namespace

TEST_CASE("A value of the wrong type is refused with the right one") {
    CHECK(said_about("api", "token_file = 3") == "must be a string, in quotes");
    CHECK(said_about("store", "url = true") == "must be a string, in quotes");
    CHECK(said_about("log", "level = [\"info\"]") == "must be a string, in quotes");
    CHECK(said_about("rotation", "interval = 30") == "must be a duration in quotes, like \"25d\"");
    CHECK(said_about("keys", "pool = \"16\"") == "must be a whole number from 0 to 100000");
    CHECK(said_about("keys", "pool = 1.5") == "must be a whole number from 0 to 100000");
    CHECK(said_about("activation", "resolvers = \"127.0.0.1\"") ==
          "must be a list of strings, like [\"a\", \"b\"]");
    CHECK(said_about("activation", "allow = [1]") == "must be a list of strings, like [\"a\", \"b\"]");
    CHECK(said_about("backend", "mode = 660") == "must be an octal mode in quotes, like \"0660\"");
}

TEST_CASE("Durations are one number and a unit") {
    CHECK(config_with("[rotation]\nprepublish = \"12h\"\nstale = \"0s\"\nretention = \"6d\"\ninterval = "
                      "\"7d\"\njitter = \"15m\"\n")
              .rotation.jitter == std::chrono::minutes(15));
    const std::string text = GENERATE("", "5", "d", "5 d", "-5d", "5.5d", "5w", "5dd", "999999999999d");
    CAPTURE(text);
    CHECK_FALSE(is_taken("rotation", "interval = \"" + text + "\""));
}

TEST_CASE("A TTL is from one second to a week") {
    CHECK(config_with("ttl = \"1s\"\n").zones[0].ttl == std::chrono::seconds(1));
    CHECK(config_with("negative_ttl = \"7d\"\n[rotation]\nprepublish = \"7d\"\nretention = \"20d\"\n")
              .zones[0]
              .negative_ttl == std::chrono::days(7));
    CHECK(problem_with("ttl = \"0s\"\n") == "/etc/custdkim/c.toml:5: zone.ttl: must be from 1s to 7d");
    CHECK(problem_with("negative_ttl = \"8d\"\n") ==
          "/etc/custdkim/c.toml:5: zone.negative_ttl: must be from 1s to 7d");
}

TEST_CASE("Retention covers mail in transit and the TTL of every zone (R3)") {
    CHECK(is_taken("rotation", "retention = \"11525m\""));  // 5d of mail, 3d of stale answers, 5m
    CHECK(
        problem_with("[rotation]\nretention = \"11524m\"\n") ==
        "/etc/custdkim/c.toml: the rotation of custdkim.example.net is not safe: retention (11524m) must be "
        "at least transit (5d) + ttl (5m) + stale (3d): mail that was signed last is verified until then");
    CHECK(problem_with("ttl = \"2d\"\n[rotation]\nretention = \"9d\"\n").find("ttl (2d)") !=
          std::string::npos);
}

TEST_CASE("A signature ends after mail has arrived, or never") {
    CHECK_FALSE(config_with("").sending.signature_lifetime);
    CHECK_FALSE(config_with("[sending]\nsignature_lifetime = \"0s\"\n").sending.signature_lifetime);
    CHECK(config_with("[sending]\nsignature_lifetime = \"5d\"\n").sending.signature_lifetime ==
          std::chrono::days(5));
    CHECK(problem_with("[sending]\nsignature_lifetime = \"119h\"\n") ==
          "/etc/custdkim/c.toml:6: sending.signature_lifetime: must be at least the transit of "
          "custdkim.example.net (5d), or mail that is long under way arrives expired; \"0s\": signatures do "
          "not expire");
    CHECK(
        problem_with("[zone.rotation]\ntransit = \"4d\"\n[sending]\nsignature_lifetime = \"4d\"\n").empty());
    CHECK(said_about("sending", "signature_lifetime = 5") == "must be a duration in quotes, like \"25d\"");
}

TEST_CASE("A pair is published before its interval is over") {
    CHECK(problem_with("[rotation]\ninterval = \"5d\"\nslots = 3\nretention = \"2d\"\nstale = "
                       "\"1d\"\ntransit = \"0s\"\n")
              .find("prepublish (5d) must be shorter than interval (5d)") != std::string::npos);
}

TEST_CASE("A zone may have a rotation of its own, which differs only in what it says") {
    const Config config = config_with(
        "[zone.rotation]\ninterval = \"90d\"\nslots = 3\nretired = \"revoke\"\n[rotation]\njitter = "
        "\"1h\"\n");
    const RotationPolicy& zone = config.zones[0].rotation;
    CHECK(zone.interval == std::chrono::days(90));
    CHECK(zone.slots == 3);
    CHECK((zone.retired == RetiredRecord::revoke));
    CHECK(zone.jitter == std::chrono::hours(1));
    CHECK(zone.ttl == config.zones[0].ttl);
    CHECK(config.rotation.interval == std::chrono::days(30));
    CHECK(problem_with("[zone.rotation]\nintervall = \"90d\"\n") ==
          "/etc/custdkim/c.toml:6: there is no option 'intervall' in [rotation]; did you mean 'interval'?");
}

TEST_CASE("The words of the rotation are checked") {
    CHECK(said_about("rotation", "slots = 4") == "must be 2 or 3");
    CHECK(said_about("rotation", "retired = \"burn\"") ==
          "'burn' is not one of keep, revoke, publish-private-key");
    CHECK(said_about("rotation", "revoke_compromised = 1") == "must be true or false, without quotes");
    CHECK(said_about("activation", "check = \"no\"") == "'no' is not one of customer-dns, unchecked");
}

TEST_CASE("Names of zones, name servers and hostmasters are domain names") {
    const std::string head = "[[zone]]\nname = \"b.example\"\n";
    CHECK(problem_with(head + "nameservers = [\"ns.example\", \"ns..example\"]\nhostmaster = \"h.example\"\n")
              .find("c.toml:7: zone.nameservers: 'ns..example' is not a domain name") != std::string::npos);
    CHECK(problem_with(head + "nameservers = [\"ns.example\"]\nhostmaster = \"\"\n")
              .find("c.toml:8: zone.hostmaster: '' is not a domain name") != std::string::npos);
}

TEST_CASE("Socket addresses are IP addresses, with or without brackets and port") {
    const auto addresses =
        config_with(
            "[activation]\nresolvers = [\"192.0.2.1\", \"192.0.2.1:5300\", \"2001:db8::1\", "
            "\"[2001:db8::1]:5300\", \"[::1]\"]\n")
            .activation.resolvers;
    REQUIRE(addresses.size() == 5);
    CHECK(addresses[0].address == "192.0.2.1");
    CHECK(addresses[0].port == 53);
    CHECK(addresses[1].port == 5300);
    CHECK(addresses[2].address == "2001:db8::1");
    CHECK(addresses[2].port == 53);
    CHECK(addresses[3].address == "2001:db8::1");
    CHECK(addresses[3].port == 5300);
    CHECK(addresses[4].port == 53);
}

TEST_CASE("What is no socket address is refused") {
    const std::string text = GENERATE("", "localhost", "192.0.2", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:-1",
                                      "192.0.2.1:53x", "[::1", "[::1]53", "[::1]:", ":53", "2001:db8::g");
    CAPTURE(text);
    CHECK(said_about("activation", "resolvers = [\"" + text + "\"]").find("is not an address") !=
          std::string::npos);
    CHECK(problem_with("visible_at = [\"" + text + "\"]\n").find(":5: zone.visible_at: ") !=
          std::string::npos);
}

TEST_CASE("A certificate and its key come together") {
    CHECK(said_about("api", "tls_key = \"k\"") == "needs tls_certificate beside it; give both, or none");
    CHECK(said_about("api", "tls_certificate = \"c\"") == "needs tls_key beside it; give both, or none");
}

TEST_CASE("The API listens on loopback only unless it is told otherwise, on a port that is given") {
    CHECK(config_with("[api]\nlisten = \"127.1.2.3:18080\"\n").api.listen.port == 18080);
    CHECK(config_with("[api]\nlisten = \"[::1]:18080\"\n").api.listen.address == "::1");
    CHECK(said_about("api", "listen = \"0.0.0.0:8080\"") ==
          "must be a loopback address without TLS; if others must reach it, set tls_certificate and "
          "tls_key, or put a TLS proxy in front of it and set allow_any_address = true");
    CHECK(said_about("api", "listen = \"[::]:8080\"").starts_with("must be a loopback address"));
    CHECK(said_about("api", "listen = \"192.0.2.1:8080\"").starts_with("must be a loopback address"));
    CHECK(said_about("api", "listen = \"192.0.2.1:8080\"\nallow_any_address = false")
              .starts_with("must be a loopback address"));
    CHECK(said_about("api", "listen = \"127.0.0.1\"").find("is not an address") != std::string::npos);
    const std::string open = GENERATE("0.0.0.0", "[::]", "192.0.2.1");
    CHECK(config_with("[api]\nlisten = \"" + open + ":8080\"\nallow_any_address = true\n").api.listen.port ==
          8080);
    CHECK(config_with("[api]\nlisten = \"0.0.0.0:8080\"\ntls_certificate = \"c\"\ntls_key = \"k\"\n")
              .api.tls_key.filename() == "k");
    CHECK(said_about("api", "allow_any_address = \"true\"") == "must be true or false, without quotes");
}

TEST_CASE("An API without a token is for this machine, whatever else is allowed") {
    CHECK(config_with("[api]\ntoken_file = \"\"\n").api.token_file.empty());
    CHECK(problem_with("[api]\ntoken_file = \"\"\nallow_any_address = true\n")
              .find("api.token_file: without a token the API listens on loopback only") != std::string::npos);
    CHECK(problem_with("[api]\nlisten = \"0.0.0.0:8080\"\ntoken_file = \"\"\n"
                       "tls_certificate = \"a\"\ntls_key = \"b\"\n")
              .find("api.token_file: without a token the API listens on loopback only") != std::string::npos);
    CHECK(said_about("api", "listen = \"0.0.0.0:8080\"\ntoken_file = \"\"")
              .starts_with("must be a loopback address"));
}

TEST_CASE("The mode of the socket is octal, in quotes") {
    CHECK(config_with("[backend]\nmode = \"0600\"\n").backend.mode == 0600);
    CHECK(config_with("[backend]\nmode = \"777\"\n").backend.mode == 0777);
    const std::string text = GENERATE("", "0o660", "0999", "01777", "rw-rw----", "660 ");
    CAPTURE(text);
    CHECK(said_about("backend", "mode = \"" + text + "\"") ==
          "must be an octal mode in quotes, like \"0660\"");
}

TEST_CASE("The owner and the group of the socket exist on this machine") {
    const passwd* const root = ::getpwuid(0);
    REQUIRE(root);
    const Config config = config_with("[backend]\nowner = \"" + std::string(root->pw_name) + "\"\n");
    CHECK(config.backend.owner == uid_t{0});
    CHECK_FALSE(config.backend.group);
    CHECK(said_about("backend", "owner = \"no such user\"") ==
          "there is no user 'no such user' on this machine");
    CHECK(said_about("backend", "group = \"no such group\"") ==
          "there is no group 'no such group' on this machine");
}

TEST_CASE("A store is SQLite or memory") {
    CHECK(config_with("[store]\nurl = \"memory:\"\n").store.url == "memory:");
    const std::string url = GENERATE("", "sqlite:", "sqlite", "memory", "memory:x",
                                     "postgresql://localhost/x", "/var/lib/custdkim.db");
    CAPTURE(url);
    CHECK(said_about("store", "url = \"" + url + "\"") ==
          "'" + url + "' is not a store; use sqlite:/path/to/file.db or memory:");
}

TEST_CASE("The pool has from 0 to 100000 pairs") {
    CHECK(config_with("[keys]\npool = 0\n").keys.pool == 0);
    CHECK(config_with("[keys]\npool = 100000\n").keys.pool == 100000);
    CHECK_FALSE(is_taken("keys", "pool = -1"));
    CHECK_FALSE(is_taken("keys", "pool = 100001"));
}

TEST_CASE("A log level is one of four words") {
    CHECK(config_with("[log]\nlevel = \"debug\"\n").log.level == LogLevel::debug);
    CHECK(said_about("log", "level = \"loud\"") ==
          "'loud' is not a log level; use debug, info, warning or error");
}

TEST_CASE("Allowed address ranges are prefixes") {
    CHECK(config_with("[activation]\nallow = [\"127.0.0.0/8\", \"fd00::/8\", \"::1/128\"]\n")
              .activation.allow.size() == 3);
    const std::string text = GENERATE("", "127.0.0.256", "127.0.0.0/33", "127.0.0.0/", "127.0.0.0/8x", "/8",
                                      "fd00::/129", "127.0.0/8", "fd00/8");
    CAPTURE(text);
    CHECK(said_about("activation", "allow = [\"" + text + "\"]") ==
          "'" + text + "' is not an address range, like 127.0.0.0/8");
}

TEST_CASE("Address ranges that may not be asked are read like those that may") {
    CHECK(config_with("[activation]\nforbid = [\"198.51.100.0/24\"]\n").activation.forbid ==
          std::vector<std::string>{"198.51.100.0/24"});
    CHECK(said_about("activation", "forbid = [\"198.51.100\"]") ==
          "'198.51.100' is not an address range, like 127.0.0.0/8");
}

TEST_CASE("A look at a customer's DNS has deadlines from a second to a minute") {
    const Config config =
        config_with("[activation]\nstrict = true\ndeadline = \"3s\"\ndiagnosis_deadline = \"60s\"\n");
    CHECK(config.activation.strict);
    CHECK(config.activation.deadline == std::chrono::seconds(3));
    CHECK(config.activation.diagnosis_deadline == std::chrono::seconds(60));
    CHECK(said_about("activation", "deadline = \"0s\"") == "must be from 1s to 60s");
    CHECK(said_about("activation", "diagnosis_deadline = \"61s\"") == "must be from 1s to 60s");
    CHECK_FALSE(is_taken("activation", "deadline = 8"));
    CHECK_FALSE(is_taken("activation", "strict = \"yes\""));
}

TEST_CASE("Looks at once and the port of name servers are whole numbers") {
    const Config config = config_with("[activation]\nlooks_at_once = 256\nport = 5353\n");
    CHECK(config.activation.looks_at_once == 256);
    CHECK(config.activation.port == 5353);
    CHECK(said_about("activation", "looks_at_once = 0") == "must be a whole number from 1 to 256");
    CHECK(said_about("activation", "port = 65536") == "must be a whole number from 1 to 65535");
    CHECK_FALSE(is_taken("activation", "port = \"53\""));
}

TEST_CASE("Relative paths are relative to the directory of the configuration") {
    const Config config = config_with(
        "records = \"apex.zone\"\n[backend]\nunix = \"run/pdns.sock\"\n[api]\ntoken_file = \"token\"\n"
        "[store]\nurl = \"sqlite:custdkim.db\"\n[keys]\nmaster_key_file = \"/srv/master.key\"\n");
    CHECK(config.zones[0].records == "/etc/custdkim/apex.zone");
    CHECK(config.backend.unix_socket == "/etc/custdkim/run/pdns.sock");
    CHECK(config.api.token_file == "/etc/custdkim/token");
    CHECK(config.store.url == "sqlite:/etc/custdkim/custdkim.db");
    CHECK(config.keys.master_key_file == "/srv/master.key");
}

TEST_CASE("An empty path means none") {
    const Config config =
        config_with("records = \"\"\n[activation]\nroot_hints = \"\"\ntrust_anchor = \"\"\n");
    CHECK(config.zones[0].records.empty());
    CHECK(config.activation.root_hints.empty());
    CHECK(config.activation.trust_anchor.empty());
}

TEST_CASE("Numbers that are too large for what they are are refused") {
    CHECK(
        said_about("api", "listen = \"127.0.0.1:99999\"").starts_with("'127.0.0.1:99999' is not an address"));
    CHECK_FALSE(is_taken("activation", "resolvers = [\"1.1.1.1:70000\"]"));
    CHECK_FALSE(is_taken("activation", "allow = [\"1.0.0.0/99999999999\"]"));
    CHECK_FALSE(is_taken("backend", "mode = \"77777777777777\""));
}

TEST_CASE("The hostmaster is written with a dot for the @") {
    const ConfigOutcome outcome = read_config_text(
        "[[zone]]\nname = \"a.example\"\nnameservers = [\"ns.a.example\"]\nhostmaster = \"dns@a.example\"\n",
        "/etc/custdkim/c.toml");
    CHECK(outcome.problems ==
          std::vector<std::string>{"/etc/custdkim/c.toml:4: zone.hostmaster: is written with "
                                   "a dot for the @: \"dns.a.example\""});
}

TEST_CASE("The root is no key zone, and a zone has name servers") {
    const ConfigOutcome outcome = read_config_text(
        "[[zone]]\nname = \".\"\nnameservers = []\nhostmaster = \"h.example\"\n", "/etc/custdkim/c.toml");
    CHECK(outcome.problems ==
          std::vector<std::string>{
              "/etc/custdkim/c.toml:2: zone.name: must not be the root",
              "/etc/custdkim/c.toml:3: zone.nameservers: must name at least one name server"});
}

TEST_CASE("A socket path that PowerDNS could not name is refused") {
    CHECK(said_about("backend", "unix = \"/run/a,b.sock\"") ==
          "'/run/a,b.sock' has a comma, which PowerDNS cannot have in its connection string");
    CHECK(said_about("backend", "unix = \"\"") == "must be a path");
}

}  // namespace custdkim::test
