// The ordered index of published labels.
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <map>

#include "base/random.hpp"
#include "support/sample_keys.hpp"
#include "zone/label_index.hpp"

namespace custdkim::test {

namespace {

struct Owned {
    std::string selector;
    KeyType type = KeyType::ed25519;
    Bytes public_key;

    bool operator==(const Owned&) const = default;
    LabelIndex::Entry entry() const { return {selector, type, public_key}; }
};

Owned owned(const LabelIndex::Entry& entry) {
    return {
        std::string(entry.selector), entry.type, {entry.content.bytes.begin(), entry.content.bytes.end()}};
}

Owned sample(KeyType type, unsigned seed) {
    return {"s" + std::to_string(seed), type, sample_public_key(type, seed)};
}

std::optional<Owned> find(const LabelIndex& index, std::string_view label) {
    const auto entry = index.find(label);
    return entry ? std::optional<Owned>(owned(*entry)) : std::nullopt;
}

std::vector<std::string> labels_after(const LabelIndex& index, std::string_view after, std::size_t limit) {
    std::vector<std::string> labels;
    const std::size_t count = index.for_each_after(
        after, limit, [&](const std::string& label, const LabelIndex::Entry&) { labels.push_back(label); });
    CHECK(count == labels.size());
    return labels;
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("What is put under a label is found there whatever the type of key") {
    const auto type = GENERATE(KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519);
    LabelIndex index;
    const Owned put = sample(type, 1);
    index.put("q7w2ka", put.entry());
    CHECK(find(index, "q7w2ka") == put);
    CHECK(index.size() == 1);
}

TEST_CASE("Selectors of every length and revoked keys are kept as they are") {
    LabelIndex index;
    const Owned longest{std::string(63, 's'), KeyType::rsa_4096, sample_public_key(KeyType::rsa_4096, 9)};
    const Owned revoked{"s1", KeyType::rsa_2048, {}};
    index.put("aaaaaa", longest.entry());
    index.put("bbbbbb", revoked.entry());
    CHECK(find(index, "aaaaaa") == longest);
    CHECK(find(index, "bbbbbb") == revoked);
}

TEST_CASE("Putting again replaces and erasing removes") {
    LabelIndex index;
    index.put("q7w2ka", sample(KeyType::rsa_2048, 1).entry());
    index.put("q7w2ka", sample(KeyType::ed25519, 2).entry());
    CHECK(find(index, "q7w2ka") == sample(KeyType::ed25519, 2));
    CHECK(index.size() == 1);
    index.erase("q7w2ka");
    CHECK_FALSE(find(index, "q7w2ka"));
    CHECK(index.size() == 0);
    index.erase("q7w2ka");
    CHECK(index.size() == 0);
}

TEST_CASE("Only the very label is found") {
    LabelIndex index;
    index.put("q7w2ka", sample(KeyType::ed25519, 1).entry());
    using namespace std::string_view_literals;
    for (const auto label : {""sv, "q"sv, "q7w2k"sv, "q7w2kb"sv, "q7w2kaa"sv, "q7w2kaaaa"sv, "Q7W2KA"sv,
                             "q7w2ka\0"sv, "\0q7w2ka"sv}) {
        CHECK_FALSE(index.find(label));
    }
    CHECK_FALSE(index.find(std::string(1000, 'q')));
}

TEST_CASE("Labels come in the order of their octets") {
    LabelIndex index;
    for (const char* label : {"zzzzzz", "a00000", "000000", "z", "a0000", "99999999", "m4x9tz"}) {
        index.put(label, sample(KeyType::ed25519, 1).entry());
    }
    CHECK(labels_after(index, "", 100) ==
          Labels{"000000", "99999999", "a0000", "a00000", "m4x9tz", "z", "zzzzzz"});
}

TEST_CASE("Pages of labels go on behind the last one whether it is still there or not") {
    LabelIndex index;
    for (const char* label : {"aaaaaa", "bbbbbb", "cccccc", "dddddd"}) {
        index.put(label, sample(KeyType::ed25519, 1).entry());
    }
    CHECK(labels_after(index, "", 2) == Labels{"aaaaaa", "bbbbbb"});
    index.erase("bbbbbb");
    CHECK(labels_after(index, "bbbbbb", 2) == Labels{"cccccc", "dddddd"});
    CHECK(labels_after(index, "dddddd", 2).empty());
    CHECK(labels_after(index, "", 0).empty());
    CHECK(labels_after(LabelIndex(), "", 2).empty());
}

TEST_CASE("Paging over many labels shows each one once and in order") {
    LabelIndex index;
    SeededRandom random(20260101);
    Labels expected;
    while (expected.size() < 1000) {
        const std::string label = random.text(6, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (find(index, label)) continue;
        index.put(label, sample(KeyType::ed25519, 1).entry());
        expected.push_back(label);
    }
    std::sort(expected.begin(), expected.end());
    const std::size_t page = GENERATE(1, 7, 256, 999, 1000, 1001);
    Labels seen;
    for (;;) {
        const auto next = labels_after(index, seen.empty() ? "" : seen.back(), page);
        if (next.empty()) break;
        seen.insert(seen.end(), next.begin(), next.end());
    }
    CHECK(seen == expected);
}

TEST_CASE("Any history of changes leaves what a plain map would hold") {
    const std::uint64_t seed = GENERATE(1, 2, 3, 4, 5);
    INFO("seed " << seed);
    SeededRandom random(seed);
    LabelIndex index;
    std::map<std::string, Owned> model;
    constexpr std::array types = {KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519};
    for (unsigned step = 0; step < 3000; ++step) {
        const std::string label = random.text(1 + random.below(8), "abz09");  // few: they meet often
        if (random.below(3) == 0) {
            index.erase(label);
            model.erase(label);
        } else {
            const Owned put = sample(types[random.below(types.size())], step);
            index.put(label, put.entry());
            model[label] = put;
        }
        if (index.size() != model.size()) FAIL("sizes differ after step " << step << " at " << label);
    }
    std::vector<std::pair<std::string, Owned>> seen;
    index.for_each_after("", model.size() + 1, [&](const std::string& label, const LabelIndex::Entry& entry) {
        seen.emplace_back(label, owned(entry));
    });
    const bool same = seen == std::vector<std::pair<std::string, Owned>>(model.begin(), model.end());
    CHECK(same);
    for (const auto& [label, put] : model) {
        if (find(index, label) != put) FAIL("not found as it was put: " << label);
    }
}

}  // namespace custdkim::test
