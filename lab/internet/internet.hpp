// The fake internet: a root, top-level domains, the name servers of customers, and the way to the key zones.
// One world for both faces: sockets on loopback addresses hand real questions in here, and the test resolver
// iterates over it without a socket. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <shared_mutex>

#include "base/clock.hpp"
#include "dns/name.hpp"
#include "lab/catalogue/catalogue.hpp"
#include "lab/wire/message.hpp"

namespace custdkim::lab {

enum class Transport { udp, tcp };

// What a name server does with a question.
struct Reply {
    enum class Kind { answer, silence, hang_up };
    Kind kind = Kind::silence;
    Bytes message;
    std::chrono::milliseconds delay{0};  // real time, before it
};

// Answers for the names in key zones: our own index, or a real PowerDNS. May take a second or two;
// thread-safe.
class KeyZoneServer {
  public:
    virtual ~KeyZoneServer() = default;
    virtual std::vector<dns::Name> zones() const = 0;  // read once, at start
    virtual Reply ask(const Message& question, Transport transport) = 0;
};

// The customer's side of one key: where its CNAMEs belong and what they ought to say.
struct CustomerKey {
    dns::Name domain;
    std::array<std::string, 2> selectors, targets;  // no dot at the end; alternate second
};

struct Customer {
    CustomerKey key;
    std::string misconfiguration, flavour;
    std::string zone;  // what is in the provider's zone file, placeholders filled in
    Timestamp since{};
    bool replaced = false;  // the records were replaced by hand
};

// 127.53.0.1 for the root, .2 for the top-level domains, .3 for the key zones, .4 for the name servers' own
// names, and sets of five for the customers' name servers (127.53.1.1 to .5, 127.53.2.1 ...), shared by many
// customers when there are very many. What makes no sense throws std::invalid_argument.
struct AddressPlan {
    std::string network = "127.53.0.0";  // a /16
    unsigned customer_servers = 64;      // sets of five
};

class Internet {
  public:
    Internet(const Catalogue& catalogue, const Clock& clock, KeyZoneServer& key_zones, AddressPlan plan = {},
             bool signs_root = true);
    ~Internet();

    // Customers. All are idempotent; an Error leaves the world as it was. `not_found` for an unknown
    // misconfiguration, flavour or customer, `invalid` for a zone that cannot be read, by its `name` and
    // line.
    Result<Customer> set(const CustomerKey& key, std::string_view misconfiguration,
                         std::string_view flavour = "");
    Result<Customer> replace_zone(const dns::Name& domain, std::string_view zone_text,
                                  std::string_view name = "the zone");
    Result<void> remove(const dns::Name& domain);
    std::optional<Customer> find(const dns::Name& domain) const;
    std::vector<Customer> list() const;

    // A question, as it came over the wire to the server with this address. What is no question is silence.
    Reply ask(std::span<const std::uint8_t> question, const std::string& server_address, Transport transport);

    // Whether the name is in a customer's zone, a key zone, the zone of the name servers, or above them.
    bool knows(const WireName& folded) const;

    // Every address a server listens on, and the root's.
    std::vector<std::string> addresses() const;
    std::vector<std::string> root_addresses() const;

    // For real resolvers: a root hints file and the DS (or DNSKEY) record of the root as a zone-file line.
    std::string root_hints() const;
    std::string trust_anchor() const;

    // The zone as a master file for a real server, signed if it is signed, as its flavour or server number
    // has it.
    Result<std::string> export_zone(const dns::Name& domain, unsigned server = 1) const;

    // Moves with every change of any customer's zone.
    std::uint64_t generation() const;

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace custdkim::lab
