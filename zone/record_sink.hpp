// Takes the records of an answer, one by one, in presentation form. The views die with the call.
#pragma once

#include <cstdint>
#include <string_view>

namespace custdkim {

struct RecordView {
    std::string_view owner;  // canonical, absolute without its dot
    std::string_view type;   // empty for an empty non-terminal
    std::uint32_t ttl_seconds = 0;
    std::string_view content;
    bool is_authoritative = true;  // not: glue, and the NS records of a delegation (RFC 4035 section 2.2)
};

class RecordSink {
  public:
    virtual ~RecordSink() = default;
    virtual void add(const RecordView& record) = 0;
    // Between two batches of a long list, with no lock held: the moment to write out what has gathered.
    virtual void between_batches() {}
    // Asked between two batches: nothing more is wanted, and the list may end here.
    virtual bool is_full() const { return false; }
};

}  // namespace custdkim
