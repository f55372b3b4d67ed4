#include "lab/simulation/shrink.hpp"

#include <algorithm>
#include <numeric>

namespace custdkim::lab {

namespace {

constexpr unsigned most_runs = 400;
constexpr Duration time_for_mail = std::chrono::days(6);  // until a violation shows in mail

class Shrinker {
  public:
    Shrinker(WorldSettings settings, std::vector<Fault> plan, Trouble trouble)
        : settings_(std::move(settings)), plan_(std::move(plan)), trouble_(std::move(trouble)) {
        settings_.stops_at = trouble_.invariant == "lost" ? Stop::loss : Stop::trouble;
        settings_.keeps_history = false;
        settings_.progress = nullptr;
    }

    Counterexample shrink() {
        keep_few_keys();
        std::erase_if(plan_, [&](const Fault& fault) { return fault.at > trouble_.at; });
        drop_some(plan_, [&](const std::vector<Fault>& fewer) {
            if (!persists(settings_, fewer)) return false;
            plan_ = fewer;
            return true;
        });
        Counterexample found;
        found.seed = settings_.size.seed;
        found.trouble = trouble_;
        found.faults = plan_;
        tell(found);
        found.runs = runs_;
        return found;
    }

  private:
    // The same kind of trouble, then or at another time.
    bool persists(const WorldSettings& settings, const std::vector<Fault>& plan) {
        if (runs_ >= most_runs) return false;
        ++runs_;
        const auto trouble = first_trouble(World(settings, plan).run(), settings.stops_at);
        if (!trouble || trouble->invariant != trouble_.invariant) return false;
        trouble_ = *trouble;
        return true;
    }

    void keep_few_keys() {
        std::vector<KeyNumber> keys(settings_.size.keys);
        std::iota(keys.begin(), keys.end(), KeyNumber{0});
        const bool is_of_one = trouble_.key != everybody;
        if (is_of_one && try_keys({trouble_.key})) return;
        drop_some(keys, [&](const std::vector<KeyNumber>& fewer) { return try_keys(fewer); });
    }

    bool try_keys(const std::vector<KeyNumber>& keys) {
        WorldSettings settings = settings_;
        settings.only_keys = keys;
        std::vector<Fault> plan = plan_;
        std::erase_if(plan, [&](const Fault& fault) {
            const bool is_of_keys = fault.kind == FaultKind::customers ||
                                    fault.kind == FaultKind::emergencies ||
                                    fault.kind == FaultKind::customer_outages;
            return is_of_keys && std::find(keys.begin(), keys.end(), fault.subject) == keys.end();
        });
        if (!persists(settings, plan)) return false;
        settings_ = std::move(settings);
        plan_ = std::move(plan);
        return true;
    }

    // Half of them, a quarter, ... down to single ones: what the trouble does not need goes.
    template <typename Part, typename Try>
    void drop_some(std::vector<Part> parts, Try still_there) {
        for (std::size_t size = std::max<std::size_t>(parts.size() / 2, 1);;) {
            bool dropped = false;
            for (std::size_t at = 0; at < parts.size();) {
                std::vector<Part> fewer = parts;
                const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(at);
                fewer.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(size, fewer.size() - at)));
                if (still_there(fewer)) {
                    parts = std::move(fewer);
                    dropped = true;
                } else {
                    at += size;
                }
            }
            if (runs_ >= most_runs || (size == 1 && !dropped)) return;
            size = std::max<std::size_t>(size / 2, 1);
        }
    }

    // Once more, with words, and long enough for mail to be lost.
    void tell(Counterexample& found) {
        WorldSettings settings = settings_;
        settings.keeps_history = true;
        World to_the_point(settings, plan_);
        (void)to_the_point.run();
        found.history = to_the_point.history().lines();
        settings.keeps_history = false;
        settings.stops_at = Stop::end;
        settings.ends_at = trouble_.at + time_for_mail;
        const Tally after = World(settings, plan_).run();
        if (!after.lost.empty()) found.lost = after.lost.front();
    }

    WorldSettings settings_;
    std::vector<Fault> plan_;
    Trouble trouble_;
    unsigned runs_ = 0;
};

}  // namespace

std::optional<Trouble> first_trouble(const Tally& tally, Stop stop) {
    std::optional<Trouble> first;
    if (stop == Stop::trouble && !tally.violations.empty()) {
        const Violation& violation = tally.violations.front();
        first = Trouble{violation.invariant, violation.key, violation.at, violation.what};
    }
    if (!tally.lost.empty() && (!first || tally.lost.front().verified_at < first->at)) {
        const LostMessage& lost = tally.lost.front();
        first = Trouble{"lost", lost.key, lost.verified_at, lost.why};
    }
    return first;
}

std::optional<Counterexample> shrink(WorldSettings settings, std::vector<Fault> plan,
                                     const Trouble& trouble) {
    Counterexample found = Shrinker(std::move(settings), std::move(plan), trouble).shrink();
    return found.history.empty() ? std::nullopt : std::optional(std::move(found));
}

}  // namespace custdkim::lab
