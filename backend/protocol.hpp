// One conversation with PowerDNS: a JSON request in, a JSON reply out, whatever the connector.
#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <string>
#include <string_view>

#include "backend/answer_memo.hpp"
#include "backend/methods.hpp"
#include "backend/open_transactions.hpp"
#include "backend/parts.hpp"
#include "backend/reply.hpp"

namespace custdkim::backend {

// What cannot be answered: a reply without a `result`, of which PowerDNS makes SERVFAIL at once, and a
// warning in our log. `detail` is a sentence.
void append_error(Reply& reply, std::string_view detail);

enum class Outcome { answered, failed, unreadable };

// One for each connection; not thread-safe.
class Conversation {
  public:
    // Where each request has a conversation of its own, `transactions` are what they have in common.
    explicit Conversation(const Parts& parts, OpenTransactions* transactions = nullptr);
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    // Appends exactly one reply, without a line end. An error is a reply without a `result`, from which
    // PowerDNS makes SERVFAIL at once; `false` would be a cacheable NXDOMAIN. `unreadable` means that the
    // request was not JSON: what follows on the same connection cannot be trusted.
    Outcome answer(std::string_view request, Reply& reply);

  private:
    // Answers the request if it is a usual one, and remembers the answer; false if it is not.
    bool answer_usual(std::string_view request, Reply& reply);
    // `row` becomes that of the request's method in methods().
    Outcome answer_any(std::string_view request, Reply& reply, std::size_t& row);
    Outcome dispatch(const boost::json::value& request, Reply& reply, std::size_t& row);
    Result<void> call(const Method& method, const boost::json::object& parameters, Reply& reply);

    const Parts parts_;
    Counters::Stripe* const counts_;  // nullptr: nobody counts
    boost::json::parser parser_;
    AnswerMemo memo_;
    OpenTransactions* const transactions_;
    Transaction transaction_;  // of this conversation, if it has no others
    std::string scratch_;
    unsigned char memory_[8192];  // what is parsed is parsed without an allocation
};

}  // namespace custdkim::backend
