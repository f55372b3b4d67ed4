// Contract of every store: many threads use it at once. Worth most under TSan.
#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

constexpr int thread_count = 4;
constexpr int keys_each = 25;

std::string label_of(int thread, int number) {
    return "t" + std::to_string(thread) + "n" + std::to_string(100 + number);
}

Key key_number(int thread, int number) {
    const std::string label = label_of(thread, number);
    return key_of(label + ".example", label, {label, "x" + label});
}

// Runs work(thread) in every thread at once; the first complaint of any is returned.
template <typename Work>
std::string in_threads(Work work) {
    std::mutex mutex;
    std::string complaint;
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < thread_count; ++thread) {
        threads.emplace_back([&, thread] {
            try {
                work(thread);
            } catch (const std::exception& e) {
                const std::lock_guard lock(mutex);
                if (complaint.empty()) complaint = e.what();
            }
        });
    }
    threads.clear();
    return complaint;
}

}  // namespace

TEMPLATE_TEST_CASE("Keys inserted by many threads are all there and no serial was given twice", "",
                   EACH_STORE) {
    TestType world;
    std::mutex mutex;
    std::set<Serial> serials;
    const std::string complaint = in_threads([&](int thread) {
        Serial last = 0;
        for (int i = 0; i < keys_each; ++i) {
            const Serial serial = world.put(key_number(thread, i));
            if (serial <= last) throw std::logic_error("the serial went back");
            last = serial;
            if (!(world.get(label_of(thread, i)) == key_number(thread, i)))
                throw std::logic_error("another key");
            const std::lock_guard lock(mutex);
            serials.insert(serial);
        }
    });
    CHECK(complaint.empty());
    CHECK(serials.size() == thread_count * keys_each);
    CHECK(world.count() == thread_count * keys_each);
    CHECK(world.zone().serial == *serials.rbegin());
}

TEMPLATE_TEST_CASE("Of many threads that want one label exactly one gets it", "", EACH_STORE) {
    TestType world;
    std::atomic<int> winners = 0;
    const std::string complaint = in_threads([&](int thread) {
        for (int i = 0; i < keys_each; ++i) {
            Key key = key_number(thread, i);
            key.slots[0].label = label_of(0, i);
            const auto done = world.insert(key).value();
            if (done.status == Insertion::Status::done) ++winners;
        }
    });
    CHECK(complaint.empty());
    CHECK(winners == keys_each);
    CHECK(world.count() == keys_each);
}

TEMPLATE_TEST_CASE("Of many threads that change one key each change is made once", "", EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa"}));
    std::atomic<int> made = 0;
    const std::string complaint = in_threads([&](int) {
        for (int i = 0; i < keys_each; ++i) {
            if (world.commit(change_to(world.get("k1"))).done) ++made;
        }
    });
    CHECK(complaint.empty());
    CHECK(made >= keys_each);  // somebody always wins
    CHECK(world.get("k1").version == 1 + static_cast<std::uint64_t>(made));
}

TEMPLATE_TEST_CASE("Lists and visits see whole keys while others insert and erase", "", EACH_STORE) {
    TestType world;
    const auto check = [](const Key& key) {
        const bool whole = key.slots.size() == 2 && key.slots[0].label == key.id &&
                           key.slots[1].label == "x" + key.id && key.slots[0].pairs.size() == 1 &&
                           key.slots[1].pairs.size() == 1;
        if (!whole) throw std::logic_error("half a key: " + key.id);
    };
    const std::string complaint = in_threads([&](int thread) {
        for (int i = 0; i < keys_each; ++i) {
            if (thread % 2 == 0) {
                const Key key = key_number(thread, i);
                world.put(key);
                if (i % 2 == 0) world.erase(key, new_year()).value();
            } else {
                for (const Key& key : world.store().list({}).value().keys) check(key);
                world.store().for_each_key(check).value();
                world.store().private_key(label_of(0, i), 1).value();
            }
        }
    });
    CHECK(complaint.empty());
    CHECK(world.count() == thread_count / 2 * (keys_each / 2));
}

}  // namespace custdkim::test
