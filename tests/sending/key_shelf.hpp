// The part of a store that a signer reads, with a hook where a rotation can come between two reads.
#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "keys/store.hpp"

namespace custdkim::test {

class KeyShelf final : public Store {
  public:
    std::vector<Key> keys;
    std::map<std::pair<std::string, unsigned>, Bytes> private_keys;
    std::function<void()> before_private_key = [] {};
    std::size_t page = 100;

    Result<KeyPage> list(const KeyFilter& filter) override {
        KeyPage found;
        std::size_t at = filter.after.empty() ? 0 : std::stoul(filter.after);
        for (; at < keys.size() && found.keys.size() < page; ++at) {
            const bool is_meant = (!filter.domain || keys[at].domain == *filter.domain) &&
                                  (filter.org.empty() || keys[at].org == filter.org);
            if (is_meant) found.keys.push_back(keys[at]);
        }
        if (at < keys.size()) found.next = std::to_string(at);
        return found;
    }
    Result<std::optional<Key>> find(std::string_view id) override {
        for (const Key& key : keys) {
            if (key.id == id) return std::optional(key);
        }
        return std::optional<Key>();
    }
    Result<std::optional<Bytes>> private_key(std::string_view key_id, unsigned pair) override {
        before_private_key();
        const auto found = private_keys.find({std::string(key_id), pair});
        return found == private_keys.end() ? std::nullopt : std::optional(found->second);
    }

    // A signer must not do any of these.
    Result<std::vector<StoredZone>> open_zones(std::span<const dns::Name>, Timestamp) override {
        throw never();
    }
    Result<Serial> move_serial(const dns::Name&, Timestamp) override { throw never(); }
    Result<Insertion> insert(const Creation&, Timestamp) override { throw never(); }
    Result<std::optional<EarlierCreation>> earlier(std::string_view, std::string_view, Timestamp) override {
        throw never();
    }
    Result<std::vector<Committed>> commit(std::span<const Change>, Timestamp) override { throw never(); }
    void catch_up() override { throw never(); }
    Result<Serial> erase(const Key&, const Event&, Timestamp) override { throw never(); }
    Result<std::vector<std::string>> selectors_in_use(const dns::Name&) override { throw never(); }
    Result<std::uint64_t> count_keys() override { throw never(); }
    Result<void> for_each_key(const std::function<void(const Key&)>&) override { throw never(); }
    Result<std::vector<Event>> events(const EventFilter&) override { throw never(); }
    Result<std::optional<Bytes>> note(std::string_view) override { throw never(); }
    Result<void> set_note(std::string_view, const Bytes&) override { throw never(); }

  private:
    static std::logic_error never() { return std::logic_error("no business of a signer"); }
};

}  // namespace custdkim::test
