// Which addresses our questions may go to: all but those that are not the open internet's (RFC 6890:
// loopback, private, link-local, documentation, ..., and IPv6 addresses that embed such IPv4 ones), unless
// allowed. A customer's NS record must not make us scan our own network. A value; thread-safe once made.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace custdkim::dns {

// Addresses that begin with the same bits. A value.
struct Network {
    bool v6 = false;
    std::array<std::uint8_t, 16> address{};  // IPv4 in the first four octets; 0 behind the prefix
    unsigned prefix_length = 0;

    bool operator==(const Network&) const = default;
};

// "192.0.2.0/24", "2001:db8::/32", or an address alone; one sentence for what is none.
Result<Network> parse_network(std::string_view cidr);
std::string to_string(const Network& network);
bool contains(const Network& outer, const Network& inner);  // all of `inner`

class AddressPolicy {
  public:
    AddressPolicy();  // the networks that are not the open internet's are forbidden

    // `allow` is taken from those; what is in `forbid` is forbidden even so.
    static Result<AddressPolicy> make(const std::vector<std::string>& allow,
                                      const std::vector<std::string>& forbid = {});

    // What is no address is not permitted.
    bool permits(std::string_view address) const;

    // As CIDR, with what is allowed cut out.
    std::vector<std::string> forbidden_networks() const;

  private:
    std::vector<Network> forbidden_;
};

Result<void> check_network(std::string_view cidr);

}  // namespace custdkim::dns
