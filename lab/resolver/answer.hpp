// What a client gets to read: a response made of the findings along a chain of aliases. Pure functions.
#pragma once

#include "lab/resolver/finding.hpp"

namespace custdkim::lab {

struct Step {
    FindingPointer finding;
    bool is_fresh = false;  // judged for this very question
};

struct Chain {
    std::vector<Step> steps;
    bool is_broken = false;         // a loop, or too long
    std::optional<Message> beyond;  // what the upstream said about the last name
};

Message make_answer(const Message& question, const Chain& chain, Timestamp now);

// RA set, nothing in it.
Message refuse(const Message& question, std::uint16_t rcode);

}  // namespace custdkim::lab
