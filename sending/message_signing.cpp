#include "sending/message_signing.hpp"

#include <algorithm>

#include "sending/from_domain.hpp"

namespace custdkim {

namespace {

// OpenDKIM as a verifier looks at the first 4096 octets of h= only.
constexpr std::size_t max_signed_fields = 100;

Result<void> check_fields(const MailMessage& message) {
    if (const auto from = from_domain(message); !from) return from.error();
    const auto count = std::count_if(message.header.begin(), message.header.end(), is_signed_field);
    if (static_cast<std::size_t>(count) <= max_signed_fields) return {};
    return invalid("the message has " + std::to_string(count) +
                   " header fields that are to be signed; 100 is the most");
}

}  // namespace

MessageSigning::MessageSigning(const MailMessage& message)
    : lines_(message.lines), octets_(message.header_octets) {}

Result<MessageSigning> MessageSigning::begin(const MailMessage& message, std::span<const SigningKey> keys,
                                             const SigningRules& rules) {
    if (const auto checked = check_fields(message); !checked) return checked.error();
    const auto place = KeyPlace::find();
    if (!place) return place.error();
    MessageSigning signing(message);
    for (const SigningKey& key : keys) {
        auto& signature =
            signing.signatures_.emplace_back(std::make_unique<DkimSignature>(key, rules, *place));
        if (const auto read = signature->header(message); !read) return read.error();
    }
    return signing;
}

Result<void> MessageSigning::body(std::string_view octets) {
    if (error_) return *error_;
    octets_ += octets.size();
    if (octets_ > max_message_octets) return keep_error(too_large());
    return keep_error(lines_.take(octets, to_all_signatures()));
}

Result<std::vector<std::string>> MessageSigning::finish() {
    if (error_) return *error_;
    if (const auto done = lines_.finish(to_all_signatures()); !done) return done.error();
    std::vector<std::string> fields;
    for (const auto& signature : signatures_) {
        auto field = signature->finish();
        if (!field) return field.error();
        fields.push_back(std::move(*field));
    }
    return fields;
}

BodyLines::Sink MessageSigning::to_all_signatures() {
    return [this](std::string_view lines) -> Result<void> {
        for (const auto& signature : signatures_) {
            if (auto done = signature->body(lines); !done) return done;
        }
        return {};
    };
}

Result<void> MessageSigning::keep_error(Result<void> outcome) {
    if (!outcome) error_ = outcome.error();
    return outcome;
}

Result<std::vector<std::string>> sign_message(std::string_view text, std::span<const SigningKey> keys,
                                              const SigningRules& rules) {
    const auto message = read_message(text);
    if (!message) return message.error();
    auto signing = MessageSigning::begin(*message, keys, rules);
    if (!signing) return signing.error();
    if (const auto done = signing->body(message->body); !done) return done.error();
    return signing->finish();
}

}  // namespace custdkim
