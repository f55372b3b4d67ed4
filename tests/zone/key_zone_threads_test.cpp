// Readers and writers of one key zone at the same time. Worth most under TSan.
#include <catch2/catch.hpp>

#include <atomic>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>

#include "sample_zone.hpp"

namespace custdkim::test {

namespace {

constexpr int writer_count = 2;
constexpr int reader_count = 3;
constexpr int rounds = 300;

// Pair n of a writer's key: all of its octets are n, so that a torn record shows.
Key round_of(int writer, int round) {
    Key key = sample_key("k", {"aaaaa" + std::to_string(writer), "bbbbb" + std::to_string(writer)},
                         KeyType::rsa_2048);
    for (Slot& slot : key.slots) {
        for (std::uint8_t& octet : slot.pairs[0].public_key) octet = static_cast<std::uint8_t>(round);
    }
    return key;
}

// Every way a record of these writers may look.
std::set<std::string> whole_records() {
    std::set<std::string> whole;
    for (int writer = 0; writer < writer_count; ++writer) {
        for (int octet = 0; octet < 256; ++octet) {
            const Key key = round_of(writer, octet);
            for (const Slot& slot : key.slots) whole.insert(txt_line(slot, key.type, slot.pairs[0]));
        }
    }
    return whole;
}

Serial serial_in(const std::string& soa) {
    const std::string before = soa_line(0).substr(0, soa_line(0).find(" 0 ") + 1);
    return static_cast<Serial>(std::stoul(soa.substr(before.size())));
}

// What readers found wrong; Catch's own assertions are not thread-safe.
class Complaints {
  public:
    void add(const std::string& what) {
        const std::lock_guard lock(mutex_);
        all_.push_back(what);
    }
    std::vector<std::string> all() const {
        const std::lock_guard lock(mutex_);
        return all_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> all_;
};

void read_until(const std::atomic<bool>& done, const KeyZone& zone, const std::set<std::string>& whole,
                Complaints& complaints) {
    Serial last = 0;
    const auto see_soa = [&](const std::string& soa) {
        const Serial serial = serial_in(soa);
        if (serial < last) complaints.add("the serial went back to " + std::to_string(serial));
        last = serial;
    };
    const auto see_txt = [&](const std::string& line) {
        if (!whole.contains(line)) complaints.add("not a whole record: " + line);
    };
    while (!done) {
        see_soa(ask(zone, "", "SOA").at(0));
        for (int writer = 0; writer < writer_count; ++writer) {
            for (const auto& line : ask(zone, "s1.aaaaa" + std::to_string(writer), "ANY")) see_txt(line);
        }
        Lines list;
        zone.list(list);
        see_soa(list.lines.at(0));
        for (const auto& line : list.lines) {
            if (line.find(" TXT ") != std::string::npos) see_txt(line);
        }
    }
}

}  // namespace

TEST_CASE("Readers see serials that never go back and records that are whole while writers change the zone") {
    const auto zone = sample_zone("", 1000);
    const auto whole = whole_records();
    Complaints complaints;
    std::atomic<bool> done = false;
    std::vector<std::jthread> readers;
    for (int i = 0; i < reader_count; ++i) {
        readers.emplace_back([&] { read_until(done, *zone, whole, complaints); });
    }
    std::mutex changes;  // as the registry has it: changes come in the order of their serials
    Serial serial = 1000;
    {
        std::vector<std::jthread> writers;
        for (int writer = 0; writer < writer_count; ++writer) {
            writers.emplace_back([&, writer] {
                for (int round = 0; round < rounds; ++round) {
                    const Key key = round_of(writer, round);
                    const std::lock_guard lock(changes);
                    ++serial;
                    if (round % 5 == 4) {
                        zone->withdraw(key, serial);
                    } else {
                        zone->publish(key, serial);
                    }
                }
            });
        }
    }
    done = true;
    readers.clear();
    CHECK(complaints.all() == std::vector<std::string>());
    CHECK(zone->serial() == 1000 + writer_count * rounds);
}

TEST_CASE("A record and the serial that announces it become visible in one step") {
    // The record of round n is published with serial n: whoever has seen that serial finds the record of
    // round n or a later one. The way from one to the other is short on purpose, or nobody would ever be
    // between them.
    // Several look at once: then a writer that lets go of the lock in between does not get it back at once.
    constexpr Serial last = 3000;
    Key key = sample_key("k", {"q7w2ka"});
    const auto set_round = [&](Serial round) {
        std::memcpy(key.slots[0].pairs[0].public_key.data(), &round, sizeof round);
    };
    class Round final : public RecordSink {
      public:
        void add(const RecordView& record) override {
            constexpr std::size_t before = std::string_view("\"v=DKIM1; k=ed25519; p=").size();
            const auto octets = from_base64(record.content.substr(before, 8)).value();
            std::memcpy(&round, octets.data(), sizeof round);
        }
        Serial round = 0;
    };
    const auto zone = sample_zone("", 0);
    set_round(0);
    zone->load(key);
    std::atomic<bool> done = false;
    std::atomic<int> early = 0;
    std::vector<std::jthread> readers;
    for (int i = 0; i < reader_count; ++i) {
        readers.emplace_back([&] {
            while (!done) {
                const Serial serial = zone->serial();
                Round found;
                zone->lookup("s1.q7w2ka", "TXT", found);
                if (found.round < serial) ++early;
            }
        });
    }
    for (Serial round = 1; round <= last; ++round) {
        set_round(round);
        zone->publish(key, round);
    }
    done = true;
    readers.clear();
    CHECK(early == 0);
}

}  // namespace custdkim::test
