// The API's router over a registry in memory: asked without a network.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "api/router.hpp"
#include "http/target.hpp"
#include "store/memory_store.hpp"
#include "support/fixture_pairs.hpp"
#include "support/sample_keys.hpp"

namespace custdkim::test {

class AllVisible final : public Visibility {
  public:
    std::vector<Sighting> look(const std::vector<Wanted>& wanted) override {
        return std::vector<Sighting>(wanted.size(), {true, ""});
    }
};

// Customers' DNS that looks as the test says.
class SaidDns final : public CustomerDns {
  public:
    SlotLook look(const Key&, const Slot& slot) override {
        if (outcome == Outcome::pass) return {{outcome, "", "", "", {}}, slot.published()->number};
        const bool fails = outcome == Outcome::fail;
        return {{outcome, fails ? "missing" : "could-not-tell", "there is no CNAME", "publish it", {}}, 0};
    }
    Outcome outcome = Outcome::pass;
};

// The world's DNS, as the test says it is.
class SaidAnswer final : public dns::Resolver {
  public:
    Result<dns::Answer> ask(const dns::Name&, dns::QuestionType) override { return answer; }
    Result<dns::Answer> ask_unchecked(const dns::Name&, dns::QuestionType) override { return answer; }
    Result<dns::Answer> answer = dns::Answer();
};

struct ApiWorld {
    static constexpr std::string_view token = "0123456789abcdef";

    SeededRandom random{1};
    Sealer sealer{SecretBytes(32), random};
    MemoryStore store;
    FixturePairs pairs{sealer};
    SimulatedClock clock{new_year()};
    Zones zones = one_zone();
    RotationPolicy policy;
    Ledger ledger{store, zones, clock};
    KeyRegistry registry{{{name("custdkim.example.net")},
                          [this](const dns::Name&) -> const RotationPolicy& { return policy; }},
                         store,
                         ledger,
                         pairs,
                         zones,
                         clock,
                         random};
    AllVisible visibility;
    SaidDns customer_dns;
    SaidAnswer resolver;
    api::EventFeed feed{store};
    api::Checks checks{{"store", api::CheckState::fine, "it can be written"}};
    KeyOrders orders{registry, ledger, customer_dns, visibility};
    KeyCensus census;
    SigningIndex signing_index;
    Signer signer{Signer::Parts{store, sealer, signing_index, clock, random}};
    Senders senders{{store, store, store}, signing_index, clock, random};
    Leases leases{std::chrono::hours(1), lease_parts()};
    std::unique_ptr<Administration> administration = Administration::open(store, sealer, zones).value();
    std::unique_ptr<Tokens> tokens = Tokens::open(store, secret(), clock, random).value();
    api::Router router{parts(orders)};

    ApiWorld() {
        const auto known = name("custdkim.example.net");
        store.open_zones({&known, 1}, clock.now()).value();
        ledger.set_observer([this](const Key& key) {
            signing_index.note(key);
            census.note(key, policy, {}, clock.now());
        });
    }

    using Headers = std::map<std::string, std::string>;

    http::Response ask(const std::string& method, const std::string& target, const std::string& body = "",
                       const std::string& authorization = "Bearer " + std::string(token),
                       const Headers& headers = {}) {
        http::Request request;
        request.method = method;
        request.headers = headers;
        if (!authorization.empty()) request.headers["authorization"] = authorization;
        request.body = body;
        if (!http::split_target(target, request)) throw std::invalid_argument(target);
        return router.handle(request);
    }
    // What a token of these scopes must send as its Authorization.
    std::string bearer(const Scopes& scopes, const std::string& org = "") {
        if (!org.empty()) (void)store.add_organisation({org, "", clock.now()}, {});
        const std::string name = "t" + std::to_string(tokens->list().size());
        return "Bearer " + tokens->create({name, scopes, org}, {}).value().secret;
    }
    nlohmann::json create(const std::string& body) {
        return nlohmann::json::parse(ask("POST", "/v1/keys", body).body);
    }

    api::Router::Parts parts(KeyOrders& by) { return parts(by, *tokens); }
    api::Router::Parts parts(KeyOrders& by, Tokens& known) {
        return {registry,
                by,
                store,
                zones,
                signer,
                senders,
                leases,
                census,
                [this] { return zones.reload_static_zones(); },
                *administration,
                feed,
                ledger.bell(),
                &resolver,
                [this] { return checks; },
                "0.1",
                known,
                store,
                {},
                nullptr,
                [this] { return store.copy(clock.now()); }};
    }
    Leases::Parts lease_parts() {
        return {store,
                ledger,
                sealer,
                clock,
                [this](const dns::Name&) -> const RotationPolicy& { return policy; },
                [] { return ClockSteps(); }};
    }
    static SecretBytes secret() {
        return SecretBytes({reinterpret_cast<const std::uint8_t*>(token.data()), token.size()});
    }

  private:
    static Zones one_zone() {
        ZoneSettings settings;
        settings.name = name("custdkim.example.net");
        settings.nameservers = {name("ns1.example.net")};
        settings.hostmaster = name("hostmaster.example.net");
        Zones made;
        made.add(KeyZone::make(std::move(settings), 1, 1).value());
        return made;
    }
};

}  // namespace custdkim::test
