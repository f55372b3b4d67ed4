// The world's DNS as a validating recursive resolver sees it: libunbound, from the root down or through other
// resolvers (forwarders). Each question finds the customer's zone as if nobody had asked about it before;
// what is above it may be known for half a minute (dns/lane.hpp). Thread-safe; ask() blocks until the answer
// or the deadline. Has one thread of its own, in which all of libunbound runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

#include "dns/address_policy.hpp"
#include "dns/resolver.hpp"
#include "dns/server_address.hpp"

namespace custdkim::dns {

struct RecursionSettings {
    std::vector<ServerAddress> forwarders;  // none: iterate from the root
    std::filesystem::path root_hints;       // empty: built in
    std::filesystem::path trust_anchor;  // empty: the root's, built in, when iterating; none when forwarding
    AddressPolicy addresses;             // for what is iterated to; forwarders are the operator's own choice
    std::chrono::milliseconds deadline{8000};
    std::size_t at_once = 64;  // questions under way; more wait, and the deadline goes on
};

class RecursiveResolver final : public Resolver {
  public:
    // An Error names the file that is wrong, and the remedy.
    static Result<std::unique_ptr<RecursiveResolver>> make(RecursionSettings settings);
    // Those who wait for answers are told `unavailable`.
    ~RecursiveResolver() override;

    // An answer that does not validate is SERVFAIL and `bogus`, with libunbound's reason.
    Result<Answer> ask(const Name& name, QuestionType type) override;
    Result<Answer> ask_unchecked(const Name& name, QuestionType type) override;

  private:
    class Loop;
    explicit RecursiveResolver(std::unique_ptr<Loop> loop);
    std::unique_ptr<Loop> loop_;
};

}  // namespace custdkim::dns
