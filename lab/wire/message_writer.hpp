// One DNS message in wire form (RFC 1035 section 4), names compressed where RFC 3597 section 4 lets them be.
// For message.cpp; why ldns does not do this: docs/decisions/0020-answers-written-by-hand.md. Not
// thread-safe.
#pragma once

#include "lab/wire/message.hpp"

namespace custdkim::lab {

class MessageWriter {
  public:
    explicit MessageWriter(const Message& message);

    Bytes take() && { return std::move(octets_); }

  private:
    void put(std::uint32_t number, unsigned octets);
    void put(std::string_view octets);
    void put_name(std::string_view name);
    void put_rdata(const ResourceRecord& record);
    void put_record(const ResourceRecord& record);
    void put_edns(const Edns& edns, std::uint16_t rcode);
    std::optional<std::size_t> written(std::string_view name) const;
    bool is_at(std::size_t position, std::string_view name) const;

    Bytes octets_;
    std::vector<std::uint16_t> labels_;  // where labels stand that a pointer may lead to
};

}  // namespace custdkim::lab
