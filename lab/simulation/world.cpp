#include "lab/simulation/world.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

constexpr std::uint64_t world_stream = 0x3012;

// The world is as bad as we assume by default, whatever the policy believes.
const RotationPolicy physics;

Needs needs_of(const WorldSettings& settings) {
    const RotationPolicy& policy = settings.policy;
    Needs needs;
    needs.settle = std::max(policy.ttl + physics.stale, policy.negative_ttl);
    needs.shortest_retention = physics.transit + policy.ttl + physics.stale;
    needs.verified_within = policy.verified_within;
    // Of others no more is asked than what the world demands.
    needs.interval = settings.peer ? settings.peer->interval : policy.interval;
    needs.prepublish = settings.peer ? needs.settle : policy.prepublish;
    needs.retention = settings.peer ? needs.shortest_retention : policy.retention;
    return needs;
}

MailSettings mail_settings(const WorldSettings& settings) {
    return {settings.size.seed,
            settings.size.keys,
            settings.messages_per_day,
            physics.transit,
            settings.policy.verified_within,
            physics.customer_negative_ttl,
            settings.peer ? settings.peer->co_signs_for : Duration(0)};
}

// Few different letters, so that labels meet again.
class FewLetters final : public Random {
  public:
    explicit FewLetters(std::uint64_t seed) : chance_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override {
        std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
        // Little-endian words of 36 to 38, which below() makes letters number 0 to 2 of.
        for (std::size_t i = 0; i < bytes.size(); i += 8)
            bytes[i] = static_cast<std::uint8_t>(36 + chance_.below(3));
    }

  private:
    Chance chance_;
};

std::unique_ptr<Random> make_random(const WorldSettings& settings) {
    if (settings.mutation == Mutation::labels_again) return std::make_unique<FewLetters>(settings.size.seed);
    return std::make_unique<SeededRandom>(settings.size.seed);
}

}  // namespace

World::World(WorldSettings settings, std::vector<Fault> plan)
    : settings_(std::move(settings)),
      plan_(std::move(plan)),
      rotation_plan_(
          mutated_plan(settings_.mutation, settings_.peer ? peer_plan(*settings_.peer) : Plan(next_step))),
      history_(settings_.keeps_history),
      servers_(settings_.size.keys * slots_of_a_key),
      customers_(settings_.size.seed, settings_.size.keys, physics.customer_negative_ttl),
      book_(settings_.size.keys),
      caches_(servers_, customers_, {settings_.policy.ttl, settings_.policy.negative_ttl, physics.stale}),
      mail_(mail_settings(settings_), {caches_, customers_, book_, queue_, tally_, history_}),
      random_(make_random(settings_)),
      store_(mutated_store(settings_.mutation)),
      checker_(settings_.size.seed, needs_of(settings_), settings_.size.keys, tally_, *store_),
      faulty_store_(*store_, *this),
      visibility_(servers_),
      customer_dns_(customers_, servers_,
                    [this](const TrueLook& look) {
                        checker_.looked(look, now());
                        mail_.looked(look, now());
                    }),
      blind_customer_dns_(customer_dns_),
      primary_(servers_, settings_.size.keys * slots_of_a_key, settings_.peer.has_value(), clock_,
               [this](const Publication& publication) { published(publication); }),
      chance_(settings_.size.seed, world_stream),
      activations_(settings_.size.keys) {
    servers_.set_listener([this](std::size_t server, SlotNumber slot, Content before, Content after) {
        checker_.served(server, slot, before, after, now());
        if (settings_.keeps_history) note_record(server, slot, after);
    });
    if (settings_.mutation == Mutation::unseen_jumps) clock_.let_uptime_step();
}

World::~World() = default;

Tally World::run() {
    put_first_events();
    TrueTime next_progress{};
    while (!queue_.empty()) {
        const Happening event = queue_.take();
        if (event.at > std::min(settings_.size.length, settings_.ends_at)) break;
        if (event.at > now()) works_this_second_ = 0;
        clock_.move_to(event.at);
        happen(event);
        if (settings_.stops_at == Stop::trouble && !tally_.is_clean()) break;
        if (settings_.stops_at == Stop::loss && tally_.lost_ours > 0) break;
        if (settings_.progress && event.at >= next_progress) {
            settings_.progress(event.at);
            next_progress = event.at + std::chrono::days(1);
        }
    }
    tally_.worlds = 1;
    tally_.keys = settings_.only_keys ? settings_.only_keys->size() : settings_.size.keys;
    return tally_;
}

void World::put_first_events() {
    servers_.set_reachable(0, false);  // until the daemon is there
    queue_.put(TrueTime(0), EventKind::start);
    for (std::uint32_t server = 1; server < NameServers::count; ++server) {
        queue_.put(Duration(600 * server), EventKind::refresh, server);
    }
    for (KeyNumber key = 0; key < settings_.size.keys; ++key) {
        const auto& only = settings_.only_keys;
        if (only && std::find(only->begin(), only->end(), key) == only->end()) continue;
        queue_.put(creation_time(settings_.size, key), EventKind::create, key);
    }
    for (std::uint32_t fault = 0; fault < plan_.size(); ++fault) {
        queue_.put(plan_[fault].at, EventKind::fault, fault);
    }
}

void World::happen(const Happening& event) {
    switch (event.kind) {
        case EventKind::create: create_key(event.subject); break;
        case EventKind::aliases: publish_aliases(event.subject); break;
        case EventKind::activate: activate(event.subject); break;
        case EventKind::send: mail_.send(event.subject, now(), daemon_ != nullptr); break;
        case EventKind::deliver: mail_.deliver(event.subject, now()); break;
        case EventKind::work:
            if (event.at == next_work_) work();
            break;
        case EventKind::transfer:
            transfer_is_due_[event.subject] = false;
            transfer(event.subject);
            break;
        case EventKind::refresh:
            transfer(event.subject);
            queue_.put(now() + std::chrono::hours(1), EventKind::refresh, event.subject);
            break;
        case EventKind::fault: begin_fault(event.subject); break;
        case EventKind::fault_over: end_fault(event.subject); break;
        case EventKind::start: start_daemon(); break;
        case EventKind::look_again: give_order(event.subject); break;
    }
}

void World::stored(Key key) {
    ++tally_.commits;
    const KeyNumber number = KeyBook::number_of(key);
    if (key.revoked_at) book_.give_up_all(key);
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            if (pair.compromised_at) book_.give_up(token_of(pair.public_key));
        }
    }
    const auto move = book_.stored(key, now());
    checker_.stored(std::move(key), now());
    follow(number, move);
}

void World::erased(const Key& key) {
    checker_.erased(key, now());
    follow(KeyBook::number_of(key), book_.erased(key, now()));
}

void World::note_record(std::size_t server, SlotNumber slot, Content content) {
    bool is_everywhere = true;
    for (std::size_t other = 0; other < NameServers::count; ++other) {
        is_everywhere = is_everywhere && servers_.content(other, slot) == content;
    }
    if (server != 0 && !is_everywhere) return;
    note([&] {
        return std::string(is_everywhere ? "every name server serves " : "the primary serves ") +
               (content < first_token ? "no key" : "pair " + std::to_string(content)) + " in s" +
               std::to_string(slot % slots_of_a_key + 1) + " of key " + std::to_string(slot / slots_of_a_key);
    });
}

void World::follow(KeyNumber key, const std::optional<Move>& move) {
    if (!move) return;
    note([&] {
        const auto show = [](Content pair) {
            return pair == absent ? "none" : "pair " + std::to_string(pair);
        };
        return "key " + std::to_string(key) + ": signing moves from " + show(move->from) + " to " +
               show(move->to);
    });
    mail_.signing_moved(key, *move, now());
}

}  // namespace custdkim::lab
