// Signs records that are made for one question, and remembers the signatures. Thread-safe.
#pragma once

#include <mutex>
#include <unordered_map>

#include "lab/internet/signing_key.hpp"

namespace custdkim::lab {

class OnlineSigner {
  public:
    explicit OnlineSigner(const SigningKey& key) : key_(key) {}

    const SigningKey& key() const { return key_; }

    // Appends the records of one RRset, and their RRSIG where `dnssec` asks for it.
    void give(const std::vector<ResourceRecord>& set, const WireName& zone, bool dnssec,
              std::vector<ResourceRecord>& section);

  private:
    ResourceRecord signature(const std::vector<ResourceRecord>& set, const WireName& zone);

    const SigningKey& key_;
    std::mutex mutex_;
    std::unordered_map<std::string, ResourceRecord> known_;
};

}  // namespace custdkim::lab
