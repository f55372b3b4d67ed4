// The port for addresses that may send. Every call is one transaction (R10), with the event that tells of it.
// Implemented in store/. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "keys/digest.hpp"
#include "keys/event.hpp"

namespace custdkim {

// An address of an organisation, and whether who reads its mail has confirmed that it may send.
struct Sender {
    std::string org;
    std::string address;  // MailAddress::text()
    std::string domain;   // what is behind its @
    Timestamp added_at{};
    std::optional<Timestamp> confirmed_at;
    std::optional<Sha256> code;  // of the code that confirms it, which is not kept; none once confirmed
    Timestamp code_ends_at{};    // the code confirms nothing from then on

    bool operator==(const Sender&) const = default;
};

struct SenderFilter {
    std::string org = {};     // "": of all organisations
    std::string domain = {};  // "": of all domains
    std::optional<bool> confirmed = {};
    std::string after = {};  // SenderPage::next of the page before
    std::size_t limit = 100;
};

struct SenderPage {
    std::vector<Sender> senders;  // oldest first
    std::string next;             // empty: there are no more
};

class SenderStore {
  public:
    virtual ~SenderStore() = default;

    virtual Result<SenderPage> senders(const SenderFilter& filter) = 0;
    virtual Result<std::optional<Sender>> sender(std::string_view org, std::string_view address) = 0;
    virtual Result<std::optional<Sender>> sender_with_code(const Sha256& code) = 0;
    // Enters it, or puts it in the place of the one of that organisation and address. `not_found` where the
    // organisation is not there.
    virtual Result<void> put_sender(const Sender& sender, const Event& event) = 0;
    // `not_found`.
    virtual Result<void> remove_sender(std::string_view org, std::string_view address,
                                       const Event& event) = 0;
};

}  // namespace custdkim
