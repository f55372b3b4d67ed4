#include "lab/simulation/peer_planner.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

class PeerPlanner {
  public:
    PeerPlanner(const PeerPolicy& peer, const RotationPolicy& policy, const Key& key)
        : peer_(peer), policy_(policy), key_(key) {
        for (std::size_t slot = 0; slot < key.slots.size(); ++slot) {
            for (const Pair& pair : key.slots[slot].pairs) {
                if (!pair.signing_since || pair.retired_at) continue;
                signing_ = &pair;
                signing_slot_ = slot;
            }
        }
    }

    std::optional<Step> next() {
        if (key_.deleted_at) {
            offer(Action::withdraw, withdraw_at(key_, policy_.retention), 0, 0, "the key was deleted");
        } else if (!key_.revoked_at) {
            if (peer_.looks_at_name_servers || !signing_) offer_see();
            if (signing_) offer_turn();
            offer_withdrawal();
        }
        return best_;
    }

  private:
    void offer(Action action, Timestamp due, std::size_t slot, unsigned pair, const char* why) {
        if (!best_ || due < best_->due) best_ = Step{action, due, slot, pair, why};
    }

    void offer_see() {
        for (std::size_t slot = 0; slot < key_.slots.size(); ++slot) {
            const Pair* const pair = key_.slots[slot].published();
            if (!pair || pair->visible_at || pair->revoked_at) continue;
            offer(Action::see, *pair->published_at, slot, pair->number, "it was published");
        }
    }

    // The first cycle begins when the pair is published.
    Timestamp cycle_start() const {
        for (const Slot& slot : key_.slots) {
            for (const Pair& pair : slot.pairs) {
                if (pair.number != signing_->number && pair.signing_since) return *signing_->signing_since;
            }
        }
        return signing_->published_at.value_or(*signing_->signing_since);
    }

    void offer_turn() {
        const std::size_t slot = peer_.in_place ? signing_slot_ : (signing_slot_ + 1) % key_.slots.size();
        Timestamp sign_at = cycle_start() + peer_.interval;
        Timestamp publish_at = sign_at - peer_.lead;
        if (key_.rotation_requested_at && *key_.rotation_requested_at < sign_at) {
            sign_at = *key_.rotation_requested_at;
            publish_at = std::min(publish_at, sign_at);
        }
        const Pair* const published = key_.slots[slot].published();
        const bool is_there = published && published != signing_ && !published->signing_since &&
                              !published->revoked_at && *published->published_at >= publish_at;
        if (!is_there) {
            offer(Action::publish, publish_at, slot, 0, "its turn comes");
            return;
        }
        if (peer_.looks_at_name_servers && !published->visible_at) return;
        const Timestamp from =
            peer_.looks_at_name_servers ? *published->visible_at : *published->published_at;
        sign_at = std::max(sign_at, from + peer_.lead);
        const auto& last = key_.slots[slot].check.last;
        if (peer_.looks_at_customer && (!last || last->checked_at < sign_at)) {
            offer(Action::verify, sign_at, slot, published->number, "before it signs");
        } else if (peer_.looks_at_customer && last->outcome != Outcome::pass) {
            offer(Action::verify, last->checked_at + policy_.recheck, slot, published->number, "again");
        } else {
            offer(Action::sign, sign_at, slot, published->number, "its turn has come");
        }
    }

    void offer_withdrawal() {
        if (!peer_.withdraw_after || !signing_) return;
        for (std::size_t slot = 0; slot < key_.slots.size(); ++slot) {
            const Pair* const pair = key_.slots[slot].published();
            if (!pair || !pair->retired_at || pair->revoked_at) continue;
            offer(Action::revoke, *pair->retired_at + peer_.co_signs_for + *peer_.withdraw_after, slot,
                  pair->number, "it signs no more");
        }
    }

    const PeerPolicy& peer_;
    const RotationPolicy& policy_;
    const Key& key_;
    const Pair* signing_ = nullptr;
    std::size_t signing_slot_ = 0;
    std::optional<Step> best_;  // of equal ones the first
};

}  // namespace

Plan peer_plan(const PeerPolicy& peer) {
    return [peer](const Key& key, const RotationPolicy& policy, const ClockSteps&, Timestamp) {
        return PeerPlanner(peer, policy, key).next();
    };
}

}  // namespace custdkim::lab
