// Whether an answer is the one that a misconfiguration's file expects. Names are compared whatever their case
// (RFC 4343), a TXT by its strings joined, records in any order, TTLs and RRSIGs not at all; an extended
// error only where the file names one. Pure functions.
#pragma once

#include "lab/catalogue/catalogue.hpp"
#include "lab/wire/message.hpp"

namespace custdkim::lab {

Result<Expected> fill(const Expected& expected, const Placeholders& placeholders);

// Nothing where it fits; otherwise what differs, in one line. The placeholders have been filled in.
std::optional<std::string> difference(const Expected& expected, const Message& answer);

// The answer as the files would write it.
std::string answer_text(const Message& answer);

}  // namespace custdkim::lab
