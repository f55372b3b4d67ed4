#include "lab/simulation/fault_plan.hpp"

#include <algorithm>

#include "lab/simulation/chance.hpp"

namespace custdkim::lab {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t creation_stream = 0xc4ea;
constexpr std::uint64_t fault_stream = 0xfa17;

// How often each fault comes in a year, to the world or to each key, and how long it lasts.
struct Habit {
    FaultKind kind;
    bool of_keys;
    double per_year;
    Duration shortest, longest;
};

constexpr std::array habits{
    Habit{FaultKind::lag, false, 10, minutes(10), days(8)},
    Habit{FaultKind::missed_updates, false, 10, hours(1), days(8)},
    Habit{FaultKind::silent_publication, false, 8, hours(1), days(8)},
    Habit{FaultKind::outages, false, 16, minutes(10), days(2)},
    Habit{FaultKind::restarts, false, 14, minutes(1), days(3)},
    Habit{FaultKind::kills, false, 40, seconds(10), hours(2)},
    Habit{FaultKind::clock_steps, false, 3, minutes(2), days(20)},
    Habit{FaultKind::full_disk, false, 8, minutes(5), hours(6)},
    Habit{FaultKind::customers, true, 1.2, minutes(10), days(25)},
    Habit{FaultKind::customer_outages, true, 1, minutes(10), days(2)},
    Habit{FaultKind::emergencies, true, 0.8, hours(1), days(10)},
};

constexpr std::array<Duration, 16> steps{
    seconds(30), seconds(-30), minutes(20), minutes(-20), hours(2), hours(-3), days(1),   days(-1),
    days(4),     days(6),      days(-6),    days(12),     days(29), days(-31), days(400), days(-400)};

// Of everything that goes wrong at customers, the slot that is next to sign hurts most: either may be.
void flavour(Fault& fault, Chance& chance) {
    switch (fault.kind) {
        case FaultKind::lag:
        case FaultKind::missed_updates:
            fault.subject = static_cast<std::uint32_t>(1 + chance.below(NameServers::count - 1));
            break;
        case FaultKind::outages:
            if (chance.happens(0.75)) {
                fault.subject = static_cast<std::uint32_t>(chance.below(NameServers::count));
            } else {
                fault.lasts = std::min<Duration>(fault.lasts, hours(12));  // somebody would notice
            }
            break;
        case FaultKind::restarts: fault.flavour = chance.happens(0.5); break;
        case FaultKind::kills: fault.flavour = chance.happens(0.5); break;
        case FaultKind::clock_steps:
            fault.by = steps[chance.below(steps.size())];
            fault.flavour = chance.happens(0.6);  // somebody sets it right again
            break;
        case FaultKind::customers:
            fault.flavour = static_cast<std::uint8_t>(chance.below(4));
            fault.slot = static_cast<std::uint8_t>(chance.below(2));
            break;
        case FaultKind::emergencies: {
            constexpr std::array orders{
                Order::rotate,     Order::rotate_compromised, Order::rotate, Order::rotate_compromised,
                Order::deactivate, Order::rotate_compromised, Order::revoke, Order::erase};
            fault.flavour = static_cast<std::uint8_t>(orders[chance.below(orders.size())]);
            break;
        }
        default: break;
    }
}

// Anywhere, or within five days of a moment when the key's rotation is due if nothing came between.
TrueTime moment_for(KeyNumber key, const WorldSize& size, Duration interval, Chance& chance) {
    const TrueTime created = creation_time(size, key);
    if (chance.happens(0.5)) return chance.between(created, size.length);
    const auto turns =
        std::max<std::int64_t>(1, (size.length - created) / std::max<Duration>(interval, days(1)));
    const auto turn = static_cast<std::int64_t>(1 + chance.below(static_cast<std::uint64_t>(turns)));
    return created + turn * interval + chance.between(-days(6), days(6));
}

void draw(std::vector<Fault>& plan, const Habit& habit, const WorldSize& size, Duration interval) {
    const std::uint32_t subjects = habit.of_keys ? size.keys : 1;
    const double mean_gap = 365.0 * 86400 / habit.per_year;
    for (std::uint32_t subject = 0; subject < subjects; ++subject) {
        Chance chance(size.seed, fault_stream + static_cast<std::uint64_t>(habit.kind), subject);
        TrueTime at = habit.of_keys ? creation_time(size, subject) : TrueTime(0);
        for (at += chance.exponential(mean_gap); at < size.length; at += chance.exponential(mean_gap)) {
            Fault fault;
            fault.kind = habit.kind;
            fault.at = habit.of_keys ? moment_for(subject, size, interval, chance) : at;
            fault.lasts = chance.log_between(habit.shortest, habit.longest);
            if (habit.of_keys) fault.subject = subject;
            flavour(fault, chance);
            if (fault.at >= TrueTime(0)) plan.push_back(fault);
        }
    }
}

std::string whose(const Fault& fault, const std::string& what) {
    return fault.subject == everybody ? "all " + what + "s" : what + " " + std::to_string(fault.subject);
}

std::string describe_change(const Fault& fault) {
    const std::string slot = "s" + std::to_string(fault.slot + 1);
    switch (static_cast<AliasChange>(fault.flavour)) {
        case AliasChange::remove_one: return "removes the CNAME " + slot;
        case AliasChange::remove_all: return "removes all CNAMEs";
        case AliasChange::misdirect_one: return "points the CNAME " + slot + " elsewhere";
        case AliasChange::swap: return "swaps the CNAMEs";
    }
    return "";
}

}  // namespace

std::string_view to_string(FaultKind kind) {
    switch (kind) {
        case FaultKind::lag: return "lag";
        case FaultKind::missed_updates: return "missed-updates";
        case FaultKind::silent_publication: return "silent-publication";
        case FaultKind::outages: return "outages";
        case FaultKind::restarts: return "restarts";
        case FaultKind::kills: return "kills";
        case FaultKind::clock_steps: return "clock-steps";
        case FaultKind::full_disk: return "full-disk";
        case FaultKind::customers: return "customers";
        case FaultKind::customer_outages: return "customer-outages";
        case FaultKind::emergencies: return "emergencies";
    }
    return "lag";
}

std::string_view to_string(Order order) {
    switch (order) {
        case Order::rotate: return "rotate";
        case Order::rotate_compromised: return "rotate --compromised";
        case Order::revoke: return "revoke";
        case Order::deactivate: return "deactivate";
        case Order::erase: return "delete";
    }
    return "rotate";
}

Result<FaultKinds> parse_fault_kinds(std::string_view text) {
    if (text == "none") return FaultKinds{};
    if (text == "all") return FaultKinds(all_fault_kinds.begin(), all_fault_kinds.end());
    FaultKinds kinds;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string_view word = text.substr(at, end - at);
        const auto kind = std::find_if(all_fault_kinds.begin(), all_fault_kinds.end(),
                                       [&](FaultKind candidate) { return to_string(candidate) == word; });
        if (kind == all_fault_kinds.end()) {
            std::string names = "all, none";
            for (const FaultKind known : all_fault_kinds) names += ", " + std::string(to_string(known));
            return invalid("'" + std::string(word) + "' is no kind of fault; there are " + names);
        }
        kinds.push_back(*kind);
        at = end + 1;
    }
    return kinds;
}

TrueTime creation_time(const WorldSize& size, KeyNumber key) {
    Chance chance(size.seed, creation_stream, key);
    const bool is_late = chance.happens(0.1);
    return chance.between(TrueTime(0), is_late ? size.length : std::min<Duration>(days(30), size.length / 4));
}

std::vector<Fault> draw_faults(const WorldSize& size, const FaultKinds& kinds, Duration interval) {
    std::vector<Fault> plan;
    for (const Habit& habit : habits) {
        if (std::find(kinds.begin(), kinds.end(), habit.kind) != kinds.end())
            draw(plan, habit, size, interval);
    }
    std::stable_sort(plan.begin(), plan.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return plan;
}

std::string describe(const Fault& fault) {
    const std::string length = " for " + show_length(fault.lasts);
    const std::string key = "key " + std::to_string(fault.subject);
    switch (fault.kind) {
        case FaultKind::lag: return whose(fault, "name server") + ": no transfers" + length;
        case FaultKind::missed_updates: return whose(fault, "name server") + ": misses records" + length;
        case FaultKind::silent_publication: return "publication fails silently" + length;
        case FaultKind::outages: return whose(fault, "name server") + ": cannot be reached" + length;
        case FaultKind::restarts:
            return std::string("the daemon is down") + length + (fault.flavour ? ", the machine boots" : "");
        case FaultKind::kills:
            return std::string("the daemon is killed ") + (fault.flavour ? "after" : "before") +
                   " its next commit, and down" + length;
        case FaultKind::clock_steps:
            return "the clock steps by " + show_length(fault.by) +
                   (fault.flavour ? ", and back again after " + show_length(fault.lasts) : "");
        case FaultKind::full_disk: return "the disk is full" + length;
        case FaultKind::customers: return "customer " + key + " " + describe_change(fault) + length;
        case FaultKind::customer_outages: return "customer " + key + ": DNS cannot be reached" + length;
        case FaultKind::emergencies:
            return "operator orders for " + key + ": " +
                   std::string(to_string(static_cast<Order>(fault.flavour)));
    }
    return "";
}

}  // namespace custdkim::lab
