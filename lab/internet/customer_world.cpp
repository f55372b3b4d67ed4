#include "lab/internet/customer_world.hpp"

#include "lab/wire/zone_text.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t longest_zone_text = 1 << 20, most_records = 5000;
constexpr std::size_t always_listed = 2;  // servers 1 and 2
constexpr std::uint32_t default_ttl = 300;

bool has_at(const std::vector<ResourceRecord>& records, const WireName& apex, std::uint16_t wanted) {
    for (const ResourceRecord& record : records) {
        if (record.type == wanted && fold_case(record.owner) == apex) return true;
    }
    return false;
}

}  // namespace

class CustomerWorld::Maker {
  public:
    Maker(CustomerWorld& world, const CustomerKeys& keys)
        : world_(world),
          order_(world.order_),
          keys_(keys),
          misconfiguration_(*world.order_.misconfiguration),
          flavour_(*world.order_.flavour) {
        const CustomerKey& key = order_.customer.key;
        placeholders_ = {key.domain.text(), key.selectors, key.targets, order_.texts, {}};
        for (unsigned number = 1; number <= servers_per_set; ++number) {
            placeholders_.servers[number - 1] = customer_server_name(order_.set, number);
        }
    }

    Result<void> make() {
        const auto apex = wire_name(placeholders_.domain);
        if (!apex) return apex.error();
        world_.apex_ = fold_case(*apex);
        const auto written = fill(written_text(), placeholders_);
        if (!written) {
            const std::string where = order_.replacement ? order_.replacement_name : name() + ", zone";
            return Error{written.error().code, where + ": " + written.error().detail};
        }
        order_.customer.zone = *written;
        if (const auto signing = prepare_signing(); !signing) return signing.error();
        for (unsigned number = 1; number <= servers_per_set; ++number) list(number);
        for (unsigned number = 1; number <= servers_per_set; ++number) {
            if (const auto made = make_server(number); !made) return made.error();
        }
        auto faults = Faults::prepare(all_faults(), placeholders_, world_.apex_, name());
        if (!faults) return faults.error();
        world_.faults_ = std::move(*faults);
        return {};
    }

  private:
    // What is to be served, where, and with which SOA and NS.
    struct Edition {
        std::string text, where;
        std::uint32_t serial = 1;
        bool soa = true, ns = true;
    };

    std::string name() const { return misconfiguration_.id + " (" + flavour_.id + ")"; }
    const std::string& written_text() const {
        return order_.replacement ? *order_.replacement : misconfiguration_.zone;
    }

    const OddServer* odd(unsigned number) const {
        for (const OddServer& server : misconfiguration_.servers) {
            if (server.number == number) return &server;
        }
        return nullptr;
    }

    void list(unsigned number) {
        const OddServer* const differs = odd(number);
        world_.servers_[number - 1].listed = differs ? differs->listed : number <= always_listed;
    }

    // Records replaced by hand are a zone that loads: the servers' quarrel was with the old ones.
    Serves flavour_serves() const {
        return order_.replacement && flavour_.serves != Serves::by_type ? Serves::as_written
                                                                        : flavour_.serves;
    }

    // The flavour's come first; they too are about the records as they were written.
    std::vector<ServerFault> all_faults() const {
        std::vector<ServerFault> faults;
        if (!order_.replacement) faults = flavour_.faults;
        faults.insert(faults.end(), misconfiguration_.faults.begin(), misconfiguration_.faults.end());
        return faults;
    }

    Edition usual_edition() const {
        if (order_.replacement)
            return {*order_.replacement, order_.replacement_name, order_.serial, true, true};
        return {flavour_.zone.value_or(misconfiguration_.zone), name() + ", zone", order_.serial,
                !misconfiguration_.without_soa, !misconfiguration_.without_ns};
    }

    // The one in the provider's file, whatever the flavour's servers make of it.
    Edition written_edition(unsigned number) const {
        const OddServer* const differs = odd(number);
        if (differs && differs->zone) return odd_edition(*differs);
        Edition edition = usual_edition();
        edition.text = written_text();
        return edition;
    }

    Edition odd_edition(const OddServer& server) const {
        return {*server.zone, name() + ", zone of server " + std::to_string(server.number), order_.serial - 1,
                true, true};
    }

    Result<void> make_server(unsigned number) {
        const OddServer* const differs = odd(number);
        if (number > always_listed && !differs) return {};
        ServerZone& server = world_.servers_[number - 1];
        const bool own_zone = differs && differs->zone;
        server.serves = own_zone || number > always_listed ? Serves::as_written : flavour_serves();
        if (differs && differs->serves) server.serves = *differs->serves;
        if (const auto exported = export_text(number); !exported) return exported.error();
        if (server.serves == Serves::servfail || server.serves == Serves::refused) return {};
        Edition edition = own_zone ? odd_edition(*differs) : usual_edition();
        if (server.serves == Serves::before) {
            if (!misconfiguration_.before) {
                return invalid(name() + " serves the zone before the edit; write it as `before`");
            }
            edition = {*misconfiguration_.before, name() + ", zone before the edit", order_.serial - 1, true,
                       true};
        }
        auto zone = zone_of(edition);
        if (!zone) return zone.error();
        server.zone = std::move(*zone);
        return {};
    }

    // The SOA and NS records that the edition's own text does not have.
    std::string head(const Edition& edition, const std::vector<ResourceRecord>& records) const {
        std::string text;
        if (edition.soa && !has_at(records, world_.apex_, type::soa)) {
            text += "@ 3600 IN SOA " + placeholders_.servers[0] + ". hostmaster " +
                    std::to_string(edition.serial) + " 7200 3600 1209600 300\n";
        }
        if (edition.ns && !has_at(records, world_.apex_, type::ns)) {
            for (unsigned number = 1; number <= servers_per_set; ++number) {
                if (!world_.servers_[number - 1].listed) continue;
                text += "@ 3600 IN NS " + placeholders_.servers[number - 1] + ".\n";
            }
        }
        return text;
    }

    Result<std::vector<ResourceRecord>> records_of(const Edition& edition) const {
        if (edition.text.size() > longest_zone_text) {
            return invalid(edition.where + " is longer than 1 MiB");
        }
        const auto text = fill(edition.text, placeholders_);
        if (!text) return text.error();
        auto records = parse_zone_text(*text, edition.where, world_.apex_, default_ttl);
        if (records && records->size() > most_records) {
            return invalid(edition.where + " has more than " + std::to_string(most_records) + " records");
        }
        return records;
    }

    // Each edition is read, and signed, once.
    Result<std::shared_ptr<const Zone>> zone_of(const Edition& edition) {
        auto& known = zones_[{edition.text, edition.serial}];
        if (known) return known;
        const auto records = records_of(edition);
        if (!records) return records.error();
        auto all = parse_zone_text(head(edition, *records), "SOA and NS", world_.apex_, default_ttl);
        if (!all) return all.error();
        all->insert(all->end(), records->begin(), records->end());
        for (const Delegation& child : order_.children) refer(child, *all);
        auto zone = std::make_shared<Zone>(world_.apex_, *all);
        if (world_.is_signed_) sign_zone(*zone, keys_.key, signing_fault_);
        known = std::move(zone);
        return known;
    }

    static void refer(const Delegation& child, std::vector<ResourceRecord>& records) {
        for (const WireName& server : child.servers) {
            records.push_back({child.zone, type::ns, default_ttl, server});
        }
        for (const std::string& ds : child.ds) records.push_back({child.zone, type::ds, default_ttl, ds});
    }

    Result<void> prepare_signing() {
        if (!misconfiguration_.dnssec) return {};
        const Signing& signing = *misconfiguration_.dnssec;
        world_.ds_ = ds_of(world_.apex_, keys_.key, keys_.other_key, signing.fault);
        world_.is_signed_ = signing.fault != DnssecFault::ds_without_signatures;
        const auto altered = wire_name(placeholders_.owner(0));
        if (!altered) return altered.error();
        auto added = records_of({signing.added, name() + ", records added by hand"});
        if (!added) return added.error();
        signing_fault_ = {signing.fault, std::move(*added), fold_case(*altered)};
        return {};
    }

    Result<void> export_text(unsigned number) {
        const Edition edition = written_edition(number);
        const auto text = fill(edition.text, placeholders_);
        if (!text) return text.error();
        std::string& master = world_.texts_[number - 1];
        if (world_.is_signed_) {
            const auto zone = zone_of(edition);
            if (!zone) return zone.error();
            master = zone_text((*zone)->records());
            return {};
        }
        // A text that nobody can read is still what a real server is given.
        const auto records = records_of(edition);
        master = "$ORIGIN " + placeholders_.domain + ".\n$TTL " + std::to_string(default_ttl) + "\n" +
                 head(edition, records ? *records : std::vector<ResourceRecord>()) + *text;
        return {};
    }

    CustomerWorld& world_;
    CustomerOrder& order_;
    const CustomerKeys& keys_;
    const Misconfiguration& misconfiguration_;
    const Flavour& flavour_;
    Placeholders placeholders_;
    SigningFault signing_fault_;
    std::map<std::pair<std::string, std::uint32_t>, std::shared_ptr<const Zone>> zones_;
};

Result<std::shared_ptr<CustomerWorld>> CustomerWorld::make(CustomerOrder order, const CustomerKeys& keys) {
    std::shared_ptr<CustomerWorld> world(new CustomerWorld);
    world->order_ = std::move(order);
    if (const auto made = Maker(*world, keys).make(); !made) return made.error();
    return world;
}

Delegation CustomerWorld::delegation() const {
    Delegation delegation{apex_, {}, ds_};
    for (unsigned number = 1; number <= servers_per_set; ++number) {
        if (!servers_[number - 1].listed) continue;
        delegation.servers.push_back(wire_name(customer_server_name(order_.set, number)).value());
    }
    return delegation;
}

std::string CustomerWorld::master_file(unsigned server) const {
    return server >= 1 && server <= servers_per_set ? texts_[server - 1] : std::string();
}

}  // namespace custdkim::lab
