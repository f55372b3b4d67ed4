// Transcripts: conversations with PowerDNS as text, in tests/transcripts/*.txt.
//
//   # a comment
//   > one request, as PowerDNS writes it
//   < the reply to it, as any JSON that means the same
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace custdkim::test {

struct Exchange {
    std::string request;
    std::string reply;
    std::string where;  // "file:line" of the expected reply
};

// Throws std::runtime_error, with file and line, at what is no transcript; one that expects nothing is none.
std::vector<Exchange> read_transcript(std::string_view text, const std::string& file);

// Holds the conversation with the fixed zones. Returns "file:line: ..." of the first reply that means
// something else, or "".
std::string first_mismatch(const std::vector<Exchange>& transcript);

}  // namespace custdkim::test
