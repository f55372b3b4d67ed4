// Name servers for the resolver's tests: zones as text on addresses, answered as a plain authority would,
// signed if wanted, with a hook for whoever wants them to misbehave.
#pragma once

#include <map>

#include "lab/resolver/resolver.hpp"

namespace custdkim::lab::test {

inline const Timestamp start{Duration(1'800'000'000)};

WireName name(std::string_view text);
Message question(std::string_view owner, std::uint16_t type = type::txt, bool dnssec_ok = false);

// "NOERROR AD EDE 7 | CNAME a.example. | TXT "x"", as misconfigurations write their expectations.
std::string shown(const Message& message);

// When signatures hold, from `start`.
struct Signing {
    Duration from{-86400}, until{30 * 86400};
    bool with_nsec = true;
};

class FakeWorld {
  public:
    using Records = std::vector<ResourceRecord>;
    // Gets the question, the honest answer, and how it was asked; gives what is really sent.
    using Hook = std::function<Reply(const Message& question, Message honest, Transport transport)>;

    // The root at 127.0.0.1, example. at .2, acme.example. at .3 and .4, keys.example. at .5.
    FakeWorld();

    void set_zone(const std::string& server, std::string_view origin, std::string_view text);
    Records& zone(const std::string& server, std::string_view origin);
    void set_hook(const std::string& server, Hook hook) { hooks_[server] = std::move(hook); }

    // Signs the zone as it stands, for these servers. The DS of the new key.
    ResourceRecord sign(const std::vector<std::string>& servers, std::string_view origin,
                        Signing signing = {});
    // All of the above, from the bottom up; the last line is the trust anchor. `change` may alter the signed
    // zone of the customer and its DS.
    std::string sign_all(const std::function<void(ResourceRecord& ds)>& change = {}, Signing customer = {});

    Reply ask(std::span<const std::uint8_t> octets, const std::string& server, Transport transport);
    Resolver::Parts parts(std::string trust_anchor = "");

    // "server type name", of each question that came.
    std::vector<std::string> asked;

  private:
    Message answer(const Message& question, const std::string& server);

    std::map<std::string, std::map<WireName, Records>> servers_;  // by address and origin
    std::map<std::string, Hook> hooks_;
};

Reply reply(const Message& message);
Reply silence();

}  // namespace custdkim::lab::test
