// Names in their canonical order, by keys that compare as octets do.
#include "dns/canonical_order.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "dns/name.hpp"

using namespace custdkim;

namespace {

std::string canonical(std::string_view text) { return dns::Name::parse(text).value().text(); }

// RFC 4034 section 6.1 taken literally: labels from the right, each as unsigned octets, a missing one first.
bool comes_before(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    for (std::size_t i = 1; i <= a.size() && i <= b.size(); ++i) {
        const auto& left = a[a.size() - i];
        const auto& right = b[b.size() - i];
        for (std::size_t j = 0; j < left.size() && j < right.size(); ++j) {
            if (left[j] == right[j]) continue;
            return static_cast<unsigned char>(left[j]) < static_cast<unsigned char>(right[j]);
        }
        if (left.size() != right.size()) return left.size() < right.size();
    }
    return a.size() < b.size();
}

std::string escaped(const std::vector<std::string>& labels) {
    std::string text;
    for (const std::string& label : labels) {
        for (const char c : label) {
            const unsigned octet = static_cast<unsigned char>(c);
            text += "\\" + std::to_string(octet / 100) + std::to_string(octet / 10 % 10) +
                    std::to_string(octet % 10);
        }
        text += ".";
    }
    return text;
}

}  // namespace

TEST_CASE("The names of RFC 4034 section 6.1 come in the order that it gives") {
    const std::vector<std::string> ordered{"example",         "a.example",      "yljkjljk.a.example",
                                           "Z.a.example",     "zABC.a.EXAMPLE", "z.example",
                                           "\\001.z.example", "*.z.example",    "\\200.z.example"};
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        for (std::size_t j = 0; j < ordered.size(); ++j) {
            INFO(ordered[i] << " and " << ordered[j]);
            CHECK((dns::order_key(canonical(ordered[i])) < dns::order_key(canonical(ordered[j]))) == (i < j));
        }
    }
}

TEST_CASE("Names of any octets are ordered as the slow comparison of their labels has it") {
    std::mt19937 random(7);
    // Mostly the octets that could be confused with what the keys are made of.
    const std::string octets{'\0', '\1', '\2', '.', '\\', '*', 'a', 'b', '\x7f', '\x80', '\xff'};
    std::vector<std::vector<std::string>> names;
    for (int i = 0; i < 300; ++i) {
        std::vector<std::string> labels(random() % 4);
        for (std::string& label : labels) {
            for (auto length = 1 + random() % 3; length > 0; --length)
                label += octets[random() % octets.size()];
        }
        names.push_back(std::move(labels));
    }
    for (const auto& a : names) {
        const std::string name_a = a.empty() ? "" : canonical(escaped(a));
        CHECK(dns::labels_of(name_a) == a);
        for (const auto& b : names) {
            const std::string name_b = b.empty() ? "" : canonical(escaped(b));
            if ((dns::order_key(name_a) < dns::order_key(name_b)) != comes_before(a, b))
                FAIL(name_a << " and " << name_b);
        }
    }
}

TEST_CASE("What is below a name starts with its key, and nothing else does") {
    const std::string key = dns::order_key("b.c");
    CHECK(dns::order_key("a.b.c").starts_with(key));
    CHECK(dns::order_key("a\\.x.b.c").starts_with(key));
    for (const char* other : {"c", "ab.c", "b.cc", "a\\.b.c", "b\\.c", "b\\000.c"}) {
        INFO(other);
        CHECK_FALSE(dns::order_key(other).starts_with(key));
    }
}

TEST_CASE("The wire form has the labels' lengths in front of them") {
    CHECK(dns::wire_labels("").empty());
    CHECK(dns::wire_labels("s1.q7w2ka") == "\2s1\6q7w2ka");
    CHECK(dns::wire_labels("a\\.b\\032.c") == "\4a.b \1c");
}
