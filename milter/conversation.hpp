// What a mail server tells of one client and its messages, one after the other, and what is answered: all
// that the callbacks of libmilter do, without libmilter. For one thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "milter/mail_text.hpp"
#include "milter/outgoing.hpp"
#include "milter/verdict.hpp"

namespace custdkim::milter {

// Asks the service for signatures of a message. Thread-safe.
using Ask = std::function<Result<api::HttpAnswer>(std::string_view message)>;

// What all conversations share. Outlives them.
struct MailDesk {
    OutgoingRules outgoing;
    Ask ask;
    std::size_t largest_message = 64 << 20;  // octets
    MailRoom room{std::size_t{512} << 20};
};

class Conversation {
  public:
    // `keeps_space`: whether header values come, and go, with the space behind the colon.
    Conversation(MailDesk& desk, bool keeps_space) : desk_(desk), keeps_space_(keeps_space) {}

    void connect(Client client) { client_ = std::move(client); }

    // A message begins. False where it is not ours to sign, and nothing more of it is wanted.
    bool begin(bool authenticated);
    void header(std::string_view name, std::string_view value);
    void end_header();
    bool body(std::string_view octets);  // whether more of it is of use
    Verdict end();
    void abort() { mail_.reset(); }

  private:
    MailDesk& desk_;
    const bool keeps_space_;
    Client client_;
    std::optional<MailText> mail_;
};

}  // namespace custdkim::milter
