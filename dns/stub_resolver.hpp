// Sees the world through configured recursive resolvers: asks them one after the other until one can tell.
// What they have in their caches, they tell. Thread-safe.
#pragma once

#include <chrono>
#include <vector>

#include "base/random.hpp"
#include "dns/direct_client.hpp"
#include "dns/resolver.hpp"

namespace custdkim::dns {

class StubResolver final : public Resolver {
  public:
    // At least one server. `random` outlives it. The deadline is for all servers together; what the first
    // ones leave of it, the later ones have.
    StubResolver(std::vector<ServerAddress> servers, Random& random,
                 std::chrono::milliseconds deadline = std::chrono::seconds(8));

    // NOERROR or NXDOMAIN from whoever says so first. Otherwise what the last one that answered said, or why
    // none did. `secure` where the resolver set AD: whether to believe it is a matter of the way to it.
    Result<Answer> ask(const Name& name, QuestionType type) override;
    Result<Answer> ask_unchecked(const Name& name, QuestionType type) override;

  private:
    Result<Answer> ask_all(const Question& question) const;

    const std::vector<ServerAddress> servers_;
    const DirectClient client_;
    const std::chrono::milliseconds deadline_;
};

}  // namespace custdkim::dns
