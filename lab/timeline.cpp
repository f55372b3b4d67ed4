#include "lab/timeline.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "keys/rotation_change.hpp"
#include "keys/rotation_turn.hpp"
#include "keys/undisturbed.hpp"

namespace custdkim::lab {

using nlohmann::ordered_json;

namespace {

constexpr int columns = 96;
constexpr Timestamp start{};

dns::Name example() { return dns::Name::parse("customer.example").value(); }

void add_pair(Slot& slot, unsigned number) {
    Pair& pair = slot.pairs.emplace_back();
    pair.number = number;
    pair.public_key = Bytes(32);
    pair.created_at = start;
    pair.published_at = start;
    pair.visible_at = start;
}

// Created and activated at the start, with everything visible.
Key new_key(const RotationPolicy& policy) {
    Key key;
    key.id = "timeline";
    key.zone = key.domain = example();
    key.created_at = start;
    for (unsigned i = 0; i < policy.slots; ++i) {
        Slot& slot = key.slots.emplace_back();
        slot.selector = "s" + std::to_string(i + 1);
        const bool placeholder = i > 0 && policy.alternate_at_creation == AlternateAtCreation::placeholder;
        if (!placeholder) add_pair(slot, i + 1);
    }
    return activation_change(key, 0, 1, start).key;
}

// One character for what the slot's record is at the moment.
char state_of_slot(const Slot& slot) {
    const Pair* const pair = slot.published();
    if (!pair || pair->revoked_at) return 'p';
    if (!pair->revealed.empty()) return '!';
    if (pair->retired_at) return '-';
    return pair->signing_since ? '#' : '.';
}

std::string when(Timestamp time) { return format_duration(time - start); }

std::string told(const Key& key, const Step& step) {
    const std::string& selector = key.slots[step.slot].selector;
    switch (step.action) {
        case Action::publish: return "a new pair is published in " + selector;
        case Action::sign: return "signing moves to " + selector;
        case Action::revoke: return "the record of " + selector + " says p=";
        case Action::reveal: return "the record of " + selector + " shows its private key";
        case Action::destroy: return "the private key of the pair that signed before is destroyed";
        default: return "";
    }
}

// What was done; the first one is the creation.
struct Deed {
    Timestamp at;
    std::string action, selector, what;
    Key after;
};

struct Life {
    const RotationPolicy& policy;
    Key key;
    std::vector<std::string> rows;
    std::vector<Deed> deeds;

    void run(Duration unit) {
        rows.resize(key.slots.size());
        for (int column = 0; column < columns; ++column) {
            const Timestamp now = start + column * unit;
            while (const auto step = next_step(key, policy, {}, now)) {
                if (step->due > now) break;
                make(*step);
            }
            for (std::size_t i = 0; i < rows.size(); ++i) rows[i] += state_of_slot(key.slots[i]);
        }
    }

    void make(const Step& step) {
        const Timestamp at = std::max(step.due, start);
        key = make_change(key, step, undisturbed_finds(key, step), policy, at).key;
        deeds.push_back(
            {at, std::string(to_string(step.action)), key.slots[step.slot].selector, told(key, step), key});
    }
};

// A mark every ten columns.
std::string scale(Duration unit) {
    std::string line;
    for (int column = 0; column < columns; column += 10) {
        line.resize(static_cast<std::size_t>(column), ' ');
        line += format_duration(column * unit);
    }
    return line;
}

// Of a character of the picture.
Duration unit_of(const RotationPolicy& policy) {
    return std::max(Duration(1), (policy.interval * 16 / 5 + Duration(columns - 1)) / columns);
}

Life live(const RotationPolicy& policy) {
    Life life{policy, new_key(policy), {}, {}};
    life.deeds.push_back({start, "sign", life.key.slots[0].selector,
                          "all slots are published, and " + life.key.slots[0].selector + " signs", life.key});
    life.run(unit_of(policy));
    return life;
}

std::string_view word_of(char state) {
    switch (state) {
        case 'p': return "revoked";
        case '!': return "revealed";
        case '-': return "retired";
        case '#': return "active";
        default: return "published";
    }
}

ordered_json spans_of(const Life& life, std::size_t slot) {
    ordered_json spans = ordered_json::array();
    for (const Deed& deed : life.deeds) {
        const std::string_view state = word_of(state_of_slot(deed.after.slots[slot]));
        const auto at = (deed.at - start).count();
        if (!spans.empty() && spans.back()["state"] == state) continue;
        if (!spans.empty()) spans.back()["to"] = at;
        spans.push_back({{"state", state}, {"from", at}, {"to", nullptr}});
    }
    return spans;
}

}  // namespace

std::string timeline(const RotationPolicy& policy) {
    const Duration unit = unit_of(policy);
    const Life life = live(policy);
    std::string text = "          " + scale(unit) + "\n";
    for (std::size_t i = 0; i < life.rows.size(); ++i) {
        text += life.key.slots[i].selector + "        " + life.rows[i] + "\n";
    }
    text +=
        "\n. published, stands by   # signs   - retired: its record stays   p \"p=\"   ! shows its private "
        "key\n\n";
    for (const Deed& deed : life.deeds) {
        if (!deed.what.empty()) text += when(deed.at) + ": " + deed.what + "\n";
    }
    return text;
}

std::string timeline_json(const RotationPolicy& policy) {
    const Life life = live(policy);
    ordered_json steps = ordered_json::array(), slots = ordered_json::array();
    for (const Deed& deed : life.deeds) {
        if (deed.what.empty()) continue;
        steps.push_back({{"at", when(deed.at)},
                         {"seconds", (deed.at - start).count()},
                         {"action", deed.action},
                         {"selector", deed.selector},
                         {"what", deed.what}});
    }
    for (std::size_t i = 0; i < life.key.slots.size(); ++i) {
        slots.push_back({{"selector", life.key.slots[i].selector}, {"spans", spans_of(life, i)}});
    }
    return ordered_json({{"steps", std::move(steps)}, {"slots", std::move(slots)}}).dump(2) + "\n";
}

}  // namespace custdkim::lab
