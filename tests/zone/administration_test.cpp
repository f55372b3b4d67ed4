// What PowerDNS keeps with us: kept across restarts, sealed, and found out when somebody alters it.
#include "zone/administration.hpp"

#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "sample_zone.hpp"
#include "store/memory_store.hpp"

namespace custdkim::test {

namespace {

const std::string private_key =
    "Private-key-format: v1.2\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: AAAA\n";

SecretBytes secret(std::string_view text) {
    return SecretBytes(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::string text_of(const SecretBytes& bytes) { return {bytes.span().begin(), bytes.span().end()}; }

// A store that can be made to fail.
struct FragileStore final : MemoryStore {
    bool fails = false;
    Error full() const { return {Errc::no_space, "the disk is full"}; }
    Result<void> set_metadata(const SealedMetadata& metadata) override {
        if (fails) return full();
        return MemoryStore::set_metadata(metadata);
    }
    Result<std::uint32_t> add_domain_key(const SealedDomainKey& key) override {
        if (fails) return full();
        return MemoryStore::add_domain_key(key);
    }
    Result<void> set_domain_key(std::uint32_t zone, std::uint32_t id, bool active, bool published) override {
        if (fails) return full();
        return MemoryStore::set_domain_key(zone, id, active, published);
    }
    Result<void> set_tsig_key(const SealedTsigKey& key) override {
        if (fails) return full();
        return MemoryStore::set_tsig_key(key);
    }
};

struct AdministrationWorld {
    AdministrationWorld() {
        const std::vector<dns::Name> names{name("custdkim.example.net"), name("other.example")};
        store.open_zones(names, Timestamp()).value();
        for (std::uint32_t id = 1; id <= names.size(); ++id) {
            ZoneSettings settings = sample_settings();
            settings.name = names[id - 1];
            zones.add(KeyZone::make(std::move(settings), id, 1).value());
        }
        restart();
    }
    // As a daemon that has just been started finds it.
    void restart() { administration = open().value(); }
    Result<std::unique_ptr<Administration>> open() { return Administration::open(store, sealer, zones); }

    ServedZone& ours() { return *zones.find(1); }
    ServedZone& other() { return *zones.find(2); }

    SeededRandom random{1};
    Sealer sealer{SecretBytes(32), random};
    FragileStore store;
    Zones zones;
    std::unique_ptr<Administration> administration;
};

DomainKey domain_key() { return {0, 257, true, false, secret(private_key)}; }

}  // namespace

TEST_CASE("Metadata belongs to its zone and is there again after a restart") {
    AdministrationWorld world;
    const MetadataValues values{"192.0.2.1", "", std::string(4096, 'x')};
    CHECK(world.administration->set_metadata(world.ours(), "ALSO-NOTIFY", values).has_value());
    CHECK(world.administration->set_metadata(world.other(), "X-NOTE", {"other"}).has_value());
    for (int times = 0; times < 2; ++times) {
        CHECK((world.administration->metadata(world.ours(), "ALSO-NOTIFY").value() == values));
        CHECK(world.administration->metadata(world.other(), "ALSO-NOTIFY").value().empty());
        CHECK(world.administration->all_metadata(world.ours()).value().size() == 1);
        CHECK((world.administration->all_metadata(world.other()).value().at("X-NOTE") ==
               MetadataValues{"other"}));
        world.restart();
    }
    CHECK(world.administration->set_metadata(world.ours(), "ALSO-NOTIFY", {}).has_value());
    world.restart();
    CHECK(world.administration->all_metadata(world.ours()).value().empty());
}

TEST_CASE("Metadata that cannot work is refused and changes nothing") {
    AdministrationWorld world;
    const auto refusal = [&](std::string_view kind, const MetadataValues& values) {
        const auto done = world.administration->set_metadata(world.ours(), kind, values);
        REQUIRE(done.has_error());
        CHECK(done.error().code == Errc::refused);
        return done.error().detail;
    };
    CHECK(refusal("PRESIGNED", {"1"}).find("pdnsutil secure-zone") != std::string::npos);
    refusal("", {"x"});
    refusal("A B", {"x"});
    refusal(std::string(65, 'A'), {"x"});
    refusal("X-NOTE", {std::string(4097, 'x')});
    refusal("X-NOTE", MetadataValues(101, "x"));
    CHECK(refusal("NSEC3PARAM", {"1 0 501 -"}).find("500") != std::string::npos);
    refusal("NSEC3PARAM", {"1 0 0"});
    refusal("NSEC3PARAM", {"1 0 0 -", "1 0 0 -"});
    CHECK(world.administration->all_metadata(world.ours()).value().empty());
    CHECK(world.store.all_metadata().value().empty());
    CHECK(
        world.administration->set_metadata(world.ours(), "PRESIGNED", {}).has_value());  // nothing to remove
}

TEST_CASE("A zone has at most a hundred kinds of metadata") {
    AdministrationWorld world;
    for (int kind = 0; kind < 100; ++kind) {
        CHECK(
            world.administration->set_metadata(world.ours(), "X-" + std::to_string(kind), {"x"}).has_value());
    }
    CHECK(world.administration->set_metadata(world.ours(), "X-100", {"x"}).has_error());
    CHECK(world.administration->set_metadata(world.ours(), "X-99", {"y"}).has_value());
    CHECK(world.administration->set_metadata(world.other(), "X-100", {"x"}).has_value());
}

TEST_CASE("NSEC3PARAM orders the names of its zone by their hashes, at once and after a restart") {
    AdministrationWorld world;
    const std::string hash = to_text(hash_name({}, world.ours().name()));
    CHECK_FALSE(world.ours().neighbours("")->before == hash);
    CHECK(world.administration->set_metadata(world.ours(), "NSEC3PARAM", {"1 0 0 -"}).has_value());
    CHECK(world.ours().neighbours(hash)->before == hash);
    CHECK(world.other().neighbours("")->before == "");
    world.ours().set_hashing(std::nullopt);
    world.restart();
    CHECK(world.ours().neighbours(hash)->before == hash);

    SECTION("unless they are narrow, where PowerDNS makes up the hashes") {
        CHECK(world.administration->set_metadata(world.ours(), "NSEC3NARROW", {"1"}).has_value());
        CHECK(world.ours().neighbours("")->before == "");
    }
    SECTION("until it is taken away") {
        CHECK(world.administration->set_metadata(world.ours(), "NSEC3PARAM", {}).has_value());
        CHECK(world.ours().neighbours("")->before == "");
    }
}

TEST_CASE("DNSSEC keys are kept with their flags and are there again after a restart") {
    AdministrationWorld world;
    CHECK(world.administration->add_domain_key(world.ours(), domain_key()).value() == 1);
    CHECK(world.administration->add_domain_key(world.other(), domain_key()).value() == 2);
    CHECK(world.administration->change_domain_key(world.ours(), 1, {{}, true}).has_value());
    CHECK(world.administration->change_domain_key(world.ours(), 1, {false, {}}).has_value());
    for (int times = 0; times < 2; ++times) {
        const auto keys = world.administration->domain_keys(world.ours()).value();
        REQUIRE(keys.size() == 1);
        CHECK(keys[0].id == 1);
        CHECK(keys[0].flags == 257);
        CHECK_FALSE(keys[0].active);
        CHECK(keys[0].published);
        CHECK(text_of(keys[0].content) == private_key);
        world.restart();
    }
    CHECK(world.administration->remove_domain_key(world.other(), 1).error().code == Errc::not_found);
    CHECK(world.administration->change_domain_key(world.other(), 1, {true, {}}).error().code ==
          Errc::not_found);
    CHECK(world.administration->remove_domain_key(world.ours(), 1).has_value());
    CHECK(world.administration->domain_keys(world.ours()).value().empty());
    CHECK(world.administration->domain_keys(world.other()).value().size() == 1);
}

TEST_CASE("TSIG keys are kept by name and are there again after a restart") {
    AdministrationWorld world;
    CHECK(world.administration->set_tsig_key({"transfer", "hmac-sha256", secret("c2VjcmV0")}).has_value());
    world.restart();
    const auto key = world.administration->tsig_key("transfer").value();
    REQUIRE(key.has_value());
    CHECK(key->algorithm == "hmac-sha256");
    CHECK(text_of(key->secret) == "c2VjcmV0");
    CHECK_FALSE(world.administration->tsig_key("transfe").value().has_value());
    CHECK(world.administration->set_tsig_key({"bad", "hmac-sha256", secret("not base64")}).has_error());
    CHECK(world.administration->set_tsig_key({"bad", "hmac-sha256", {}}).has_error());
    CHECK(world.administration->tsig_keys().value().size() == 1);
    CHECK(world.administration->remove_tsig_key("transfer").has_value());
    CHECK(world.administration->remove_tsig_key("transfer").error().code == Errc::not_found);
    CHECK(world.administration->tsig_keys().value().empty());
}

TEST_CASE("What the store cannot take does not show") {
    AdministrationWorld world;
    world.administration->add_domain_key(world.ours(), domain_key()).value();
    world.store.fails = true;
    CHECK(world.administration->set_metadata(world.ours(), "X-NOTE", {"x"}).error().code == Errc::no_space);
    CHECK(world.administration->add_domain_key(world.ours(), domain_key()).error().code == Errc::no_space);
    CHECK(world.administration->change_domain_key(world.ours(), 1, {false, {}}).error().code ==
          Errc::no_space);
    CHECK(world.administration->set_tsig_key({"t", "hmac-sha256", secret("AAAA")}).error().code ==
          Errc::no_space);
    CHECK(world.administration->all_metadata(world.ours()).value().empty());
    const auto keys = world.administration->domain_keys(world.ours()).value();
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].active);
    CHECK(world.administration->tsig_keys().value().empty());
}

TEST_CASE("Nothing that is stored can be read or is the same twice") {
    AdministrationWorld world;
    for (ServedZone* const zone : world.zones.all()) {
        world.administration->set_metadata(*zone, "X-NOTE", {"hush hush hush"}).value();
        world.administration->add_domain_key(*zone, domain_key()).value();
    }
    const auto metadata = world.store.all_metadata().value();
    const auto keys = world.store.all_domain_keys().value();
    CHECK(metadata[0].values != metadata[1].values);
    CHECK(keys[0].content != keys[1].content);
    const auto has = [](const Bytes& sealed, std::string_view text) {
        return std::string(sealed.begin(), sealed.end()).find(text) != std::string::npos;
    };
    CHECK_FALSE(has(metadata[0].values, "hush"));
    CHECK_FALSE(has(keys[0].content, "AAAA"));
}

TEST_CASE("What was altered in the store or moved there is found at start, and named") {
    AdministrationWorld world;
    world.administration->set_metadata(world.ours(), "X-NOTE", {"x"}).value();
    world.administration->add_domain_key(world.ours(), domain_key()).value();
    world.administration->set_tsig_key({"transfer", "hmac-sha256", secret("AAAA")}).value();
    SealedMetadata metadata = world.store.all_metadata().value().at(0);
    SealedDomainKey key = world.store.all_domain_keys().value().at(0);
    SealedTsigKey tsig = world.store.all_tsig_keys().value().at(0);
    std::string what;

    SECTION("a bit of metadata") {
        metadata.values.back() ^= 1;
        world.store.set_metadata(metadata).value();
        what = "the metadata X-NOTE of custdkim.example.net";
    }
    SECTION("metadata of another kind") {
        metadata.kind = "ALLOW-AXFR-FROM";
        world.store.set_metadata(metadata).value();
        what = "the metadata ALLOW-AXFR-FROM of custdkim.example.net";
    }
    SECTION("metadata of another zone") {
        metadata.zone = 2;
        world.store.set_metadata(metadata).value();
        what = "the metadata X-NOTE of other.example";
    }
    SECTION("a key of another zone") {
        key.zone = 2;
        world.store.add_domain_key(key).value();
        what = "the DNSSEC key 2 of other.example";
    }
    SECTION("a key with other flags") {
        key.flags = 256;
        world.store.add_domain_key(key).value();
        what = "the DNSSEC key 2 of custdkim.example.net";
    }
    SECTION("a key in place of metadata") {
        metadata.values = key.content;
        world.store.set_metadata(metadata).value();
        what = "the metadata X-NOTE of custdkim.example.net";
    }
    SECTION("a TSIG key of another name") {
        tsig.name = "other";
        world.store.set_tsig_key(tsig).value();
        what = "the TSIG key other";
    }
    SECTION("a TSIG key with a weaker algorithm") {
        tsig.algorithm = "hmac-md5.sig-alg.reg.int";
        world.store.set_tsig_key(tsig).value();
        what = "the TSIG key transfer";
    }
    SECTION("a key that is cut short") {
        key.content.resize(10);
        world.store.add_domain_key(key).value();
        what = "the DNSSEC key 2 of custdkim.example.net";
    }
    const auto opened = world.open();
    REQUIRE(opened.has_error());
    CHECK(opened.error().code == Errc::corrupt);
    CHECK(opened.error().detail ==
          what + " in the store was altered there, or moved from elsewhere; restore the store from a backup");
}

TEST_CASE("What is stored of a zone that is not served is left alone") {
    AdministrationWorld world;
    world.store.open_zones(std::vector{name("custdkim.example.net"), name("gone.example")}, Timestamp())
        .value();
    world.store.set_metadata({3, "X-NOTE", Bytes{1, 2, 3}}).value();
    world.restart();
    CHECK(world.store.all_metadata().value().size() == 1);
}

}  // namespace custdkim::test
