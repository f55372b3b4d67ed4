// The author's domain: what stands behind the @ of the one mailbox in the one From header field (RFC 5322
// section 3.6.2). Verifiers and readers must not be able to see another author than we do, so whatever has
// more than one reading is refused. libopendkim reads the address. Pure functions.
#pragma once

#include "base/result.hpp"
#include "dns/name.hpp"
#include "sending/mail_address.hpp"
#include "sending/mail_message.hpp"

namespace custdkim {

Result<dns::Name> from_domain(const MailMessage& message);

// The whole address of that mailbox. `invalid` too where what is before the @ is no dot-atom, or is not
// written in one piece.
Result<MailAddress> from_address(const MailMessage& message);

}  // namespace custdkim
