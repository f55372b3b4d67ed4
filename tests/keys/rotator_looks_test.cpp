// Looks on threads of their own: who answers slowly holds nobody else up, and a key has one look at a time.
#include <algorithm>
#include <condition_variable>
#include <thread>

#include "tests/keys/registry_world.hpp"

namespace custdkim::test {

namespace {

constexpr Duration day = std::chrono::days(1);

// Customers' DNS in which some do not answer before the test lets them.
class SlowDns final : public CustomerDns {
  public:
    SlotLook look(const Key& key, const Slot& slot) override {
        std::unique_lock lock(mutex_);
        const bool fails = slow_.contains(key.id);
        if (!under_way_.insert(key.id).second) twice_ = true;
        most_ = std::max(most_, under_way_.size());
        changed_.notify_all();
        if (fails) changed_.wait(lock, [this] { return open_; });
        under_way_.erase(key.id);
        if (fails) return {{Outcome::fail, "missing", "there is no CNAME", "", {}}, 0};
        return {{Outcome::pass, "", "", "", {}}, slot.published()->number};
    }
    void make_slow(const std::string& id) {
        const std::lock_guard lock(mutex_);
        slow_.insert(id);
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void wait_for_looks(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return under_way_.size() >= count; });
    }
    std::size_t most() {
        const std::lock_guard lock(mutex_);
        return most_;
    }
    bool twice() {
        const std::lock_guard lock(mutex_);
        return twice_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::string> slow_, under_way_;
    std::size_t most_ = 0;
    bool open_ = false, twice_ = false;
};

// A rotator with threads, beside the world's own, which does nothing.
struct LooksWorld {
    RegistryWorld world;
    SlowDns customer_dns;
    std::mutex mutex;
    std::condition_variable changed;
    unsigned looks_over = 0;
    Rotator rotator{{world.store, world.ledger, world.made, world.sight, customer_dns, world.clock,
                     world.policy_of(), [](const Key&, const Pair&) -> Result<Bytes> { return Bytes{}; },
                     next_step, 8, [this] { over(); }}};

    LooksWorld() {
        world.ledger.set_observer([this](const Key& key) { rotator.note(key); });
        rotator.start().value();
    }
    ~LooksWorld() {
        customer_dns.open();
        rotator.end_looks();
    }
    LooksWorld(const LooksWorld&) = delete;

    void over() {
        const std::lock_guard lock(mutex);
        ++looks_over;
        changed.notify_all();
    }
    // Works, and waits for looks, until the condition holds.
    template <typename Condition>
    void work_until(Condition holds) {
        for (;;) {
            unsigned before = 0;
            {
                const std::lock_guard lock(mutex);
                before = looks_over;
            }
            const auto next = rotator.work();
            if (holds()) return;
            if (next && *next <= world.clock.now()) continue;
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return looks_over > before; });
        }
    }
    // For one key: it is in no queue then.
    void live_until_it_looks() {
        while (const auto next = rotator.work()) {
            if (*next > world.clock.now()) world.clock.advance(*next - world.clock.now());
        }
        customer_dns.wait_for_looks(1);
    }
    std::string add_active(int number) {
        const std::string text = std::to_string(1000 + number);
        const Key key = world.insert_active("k" + text, {"a0" + text, "b0" + text}, "d" + text + ".example");
        rotator.note(key);
        return key.id;
    }
    void was_seen(const std::string& id, Outcome outcome) {
        Change change{world.store.find(id).value().value(), {}, {}, false, {}};
        for (Slot& slot : change.key.slots)
            record_look(slot, {{outcome, "", "", "", {}}, 0}, world.clock.now());
        world.ledger.commit(std::move(change)).value();
    }
    bool has_moved(const std::string& id) {
        const Key key = world.store.find(id).value().value();
        return std::any_of(key.slots[1].pairs.begin(), key.slots[1].pairs.end(),
                           [](const Pair& pair) { return pair.signing_since.has_value(); });
    }
};

}  // namespace

TEST_CASE("Many customers who do not answer do not hold up the switch of one who does") {
    LooksWorld looks;
    looks.world.policy.watch = Duration(0);
    std::vector<std::string> slow;
    for (int i = 0; i < 200; ++i) slow.push_back(looks.add_active(i));
    for (const std::string& id : slow) looks.customer_dns.make_slow(id);
    const std::string healthy = looks.add_active(200);
    // They failed the last time, so that half of the threads are what they get.
    for (const std::string& id : slow) looks.was_seen(id, Outcome::fail);
    looks.was_seen(healthy, Outcome::pass);
    looks.world.policy.watch = day;
    looks.world.clock.advance(26 * day);
    for (const std::string& id : slow) looks.rotator.note(looks.world.store.find(id).value().value());
    looks.work_until([&] {
        const Key key = looks.world.store.find(healthy).value().value();
        return key.slots[1].pairs.size() == 2 && key.slots[1].published()->visible_at.has_value();
    });
    looks.world.clock.advance(6 * day);
    looks.work_until([&] { return looks.has_moved(healthy); });
    CHECK(looks.customer_dns.most() <= 8);
    CHECK(looks.rotator.backlog() >= slow.size());
    CHECK_FALSE(looks.customer_dns.twice());
}

TEST_CASE("A key that is changed while it is looked at is looked at again, and never twice at once") {
    LooksWorld looks;
    const std::string id = looks.add_active(0);
    looks.customer_dns.make_slow(id);
    looks.live_until_it_looks();
    CHECK(looks.rotator.backlog() == 1);  // not settled
    REQUIRE(looks.world.orders.rotate(id, false, false).has_value());
    looks.rotator.work();
    CHECK_FALSE(looks.has_moved(id));
    looks.customer_dns.open();
    looks.work_until([&] { return looks.rotator.backlog() == 0; });
    CHECK_FALSE(looks.customer_dns.twice());
    const Key key = looks.world.store.find(id).value().value();
    CHECK(key.rotation_requested_at);
    CHECK(key.slots[0].check.last->outcome == Outcome::fail);
}

TEST_CASE("A rotator that ends waits for its looks") {
    LooksWorld looks;
    const std::string id = looks.add_active(0);
    looks.customer_dns.make_slow(id);
    looks.live_until_it_looks();
    std::thread opener([&] { looks.customer_dns.open(); });
    looks.rotator.end_looks();
    opener.join();
    CHECK(looks.looks_over == 1);
}

}  // namespace custdkim::test
