// The port through which the world's DNS is seen: what a recursive resolver says to a question, with the
// chain of aliases that it followed (RFC 1034 section 3.6.2). Implemented by dns/recursive_resolver.hpp, by
// dns/stub_resolver.hpp, and by the lab. Thread-safe.
#pragma once

#include "base/result.hpp"
#include "dns/message.hpp"

namespace custdkim::dns {

class Resolver {
  public:
    virtual ~Resolver() = default;

    // Never truncated, and of any rcode: SERVFAIL and REFUSED are answers, too. `unavailable` where there was
    // none in time. Each question stands for itself: nothing that an earlier one taught us is used. May take
    // seconds.
    virtual Result<Answer> ask(const Name& name, QuestionType type) = 0;

    // The same with CD=1 (RFC 4035 section 3.2.2): what is there whether or not it validates.
    virtual Result<Answer> ask_unchecked(const Name& name, QuestionType type) = 0;
};

}  // namespace custdkim::dns
