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
    KeyOrders orders{registry, ledger, customer_dns, visibility};
    Signer signer{store, sealer, clock};
    std::unique_ptr<Administration> administration = Administration::open(store, sealer, zones).value();
    api::Router router{parts(orders), secret()};

    ApiWorld() {
        const auto known = name("custdkim.example.net");
        store.open_zones({&known, 1}, clock.now()).value();
    }

    http::Response ask(const std::string& method, const std::string& target, const std::string& body = "",
                       const std::string& authorization = "Bearer " + std::string(token)) {
        http::Request request;
        request.method = method;
        request.headers["authorization"] = authorization;
        request.body = body;
        if (!http::split_target(target, request)) throw std::invalid_argument(target);
        return router.handle(request);
    }
    nlohmann::json create(const std::string& body) {
        return nlohmann::json::parse(ask("POST", "/v1/keys", body).body);
    }

    api::Router::Parts parts(KeyOrders& by) {
        return {registry,       by, store, zones, signer, [this] { return zones.reload_static_zones(); },
                *administration};
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
