// Publishing, withdrawing and listing what a key zone holds.
#include <catch2/catch.hpp>

#include "sample_zone.hpp"

namespace custdkim::test {

namespace {

std::string padded(int number) {
    std::string text = std::to_string(number);
    return std::string(6 - text.size(), '0') + text;
}

}  // namespace

TEST_CASE("Publishing a key shows its records and the new serial") {
    const auto zone = sample_zone();
    const Key key = sample_key("k1", {"q7w2ka", "m4x9tz"});
    zone->publish(key, 1001);
    CHECK(zone->serial() == 1001);
    CHECK(ask(*zone, "", "SOA") == Answer{soa_line(1001)});
    CHECK(zone->label_count() == 2);
}

TEST_CASE("Publishing a key again replaces its records") {
    const auto zone = sample_zone();
    Key key = sample_key("k1", {"q7w2ka", "m4x9tz"});
    zone->publish(key, 1001);
    key.slots[0].pairs.push_back(sample_pair(3, key.type, 99));
    zone->publish(key, 1002);
    CHECK(ask(*zone, "s1.q7w2ka", "TXT") == Answer{txt_line(key.slots[0], key.type, key.slots[0].pairs[1])});
    CHECK(ask(*zone, "s2.m4x9tz", "TXT") == Answer{txt_line(key.slots[1], key.type, key.slots[1].pairs[0])});
    CHECK(zone->label_count() == 2);
    CHECK(zone->serial() == 1002);
}

TEST_CASE("A slot that no longer has a pair says p= when the key is published") {
    const auto zone = sample_zone();
    Key key = sample_key("k1", {"q7w2ka", "m4x9tz"});
    zone->publish(key, 1001);
    key.slots[0].pairs.clear();
    zone->publish(key, 1002);
    REQUIRE(ask(*zone, "s1.q7w2ka", "ANY").size() == 1);
    CHECK(ask(*zone, "s1.q7w2ka", "ANY")[0].find("p=\"") != std::string::npos);
    CHECK(ask(*zone, "s2.m4x9tz", "ANY").size() == 1);
}

TEST_CASE("Withdrawing a key removes its names and shows the new serial") {
    const auto zone = sample_zone();
    const Key stays = sample_key("k2", {"aaaaaa", "bbbbbb"});
    const Key goes = sample_key("k1", {"q7w2ka", "m4x9tz"});
    zone->publish(stays, 1001);
    zone->publish(goes, 1002);
    zone->withdraw(goes, 1003);
    for (const char* gone : {"s1.q7w2ka", "q7w2ka", "s2.m4x9tz", "m4x9tz"})
        CHECK(ask(*zone, gone, "ANY").empty());
    CHECK(ask(*zone, "s1.aaaaaa", "TXT").size() == 1);
    CHECK(zone->serial() == 1003);
    CHECK(zone->label_count() == 2);
}

TEST_CASE("Loading a key at start leaves the serial as it was stored") {
    const auto zone = sample_zone("", 4294967295U);
    zone->load(sample_key("k1", {"q7w2ka"}));
    CHECK(zone->serial() == 4294967295U);
    CHECK(ask(*zone, "", "SOA") == Answer{soa_line(4294967295U)});
    CHECK(ask(*zone, "s1.q7w2ka", "TXT").size() == 1);
}

TEST_CASE("The serial that PowerDNS was told is remembered apart from the zone's own") {
    const auto zone = sample_zone();
    CHECK(zone->notified_serial() == 0);
    zone->set_notified_serial(1000);
    zone->publish(sample_key("k1", {"q7w2ka"}), 1001);
    CHECK(zone->notified_serial() == 1000);
    CHECK(zone->serial() == 1001);
}

TEST_CASE("A list has the SOA first then static records then the keys in canonical order") {
    const auto zone = sample_zone("@ 60 IN MX 10 mail.example.net.\na.b 60 IN A 192.0.2.1\n");
    const Key key = sample_key("k1", {"q7w2ka", "m4x9tz", "0aaaaa"});
    zone->publish(key, 1001);
    Lines list;
    zone->list(list);
    CHECK(list.lines == Answer{soa_line(1001), "custdkim.example.net 300 NS ns1.example.net.",
                               "custdkim.example.net 300 NS ns2.example.org.",
                               "custdkim.example.net 60 MX 10 mail.example.net.",
                               "a.b.custdkim.example.net 60 A 192.0.2.1",
                               txt_line(key.slots[2], key.type, key.slots[2].pairs[0]),
                               txt_line(key.slots[1], key.type, key.slots[1].pairs[0]),
                               txt_line(key.slots[0], key.type, key.slots[0].pairs[0])});
}

TEST_CASE("A list has every key exactly once however many batches it takes") {
    const int labels = GENERATE(0, 1, 255, 256, 257, 512, 1000);
    const auto zone = sample_zone();
    for (int i = 0; i < labels; ++i) zone->publish(sample_key("k", {padded(i)}), 1001);
    Lines list;
    zone->list(list);
    constexpr int apex = 3;
    REQUIRE(list.lines.size() == static_cast<std::size_t>(labels + apex));
    for (int i = 0; i < labels; ++i) {
        CHECK(list.lines[static_cast<std::size_t>(i + apex)].starts_with("s1." + padded(i) + ".custdkim"));
    }
    CHECK(list.batches == labels / 256 + 1);
}

TEST_CASE("A zone may change between two batches of a list") {
    // The sink changes the zone where a list holds no lock: this would stop here for good if it did.
    class Changer final : public RecordSink {
      public:
        explicit Changer(KeyZone& zone) : zone_(zone) {}
        void add(const RecordView& record) override {
            if (seen.size() > 1000) throw std::length_error("the list does not end");
            seen.emplace_back(record.owner);
        }
        void between_batches() override {
            if (changed_) return;
            changed_ = true;
            zone_.withdraw(sample_key("k", {padded(255)}), 1002);  // the last one shown
            zone_.withdraw(sample_key("k", {padded(300)}), 1003);  // not shown yet
            zone_.publish(sample_key("k", {"zzzzzz"}), 1004);      // behind all
        }
        std::vector<std::string> seen;

      private:
        KeyZone& zone_;
        bool changed_ = false;
    };
    const auto zone = sample_zone();
    for (int i = 0; i < 400; ++i) zone->publish(sample_key("k", {padded(i)}), 1001);
    Changer changer(*zone);
    zone->list(changer);
    std::vector<std::string> expected(3, "custdkim.example.net");
    for (int i = 0; i < 400; ++i) {
        if (i != 300) expected.push_back("s1." + padded(i) + ".custdkim.example.net");
    }
    expected.push_back("s1.zzzzzz.custdkim.example.net");
    CHECK(changer.seen == expected);
}

}  // namespace custdkim::test
