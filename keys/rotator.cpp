#include "keys/rotator.hpp"

#include <algorithm>
#include <iterator>

#include "base/log.hpp"

namespace custdkim {

namespace {

constexpr std::string_view clock_note = "clock";
constexpr Duration after_failure{10};

// Between two looks at name servers that do not have the record yet: the longer it takes, the more rarely.
Duration between_sights(const RotationPolicy& policy, Duration waited) {
    const Duration least = std::clamp(policy.prepublish / 100, Duration(1), Duration(60));
    return std::clamp(waited / 30, least, std::max<Duration>(least, std::chrono::minutes(15)));
}

// By how much the clock moved beside the time that passed, within one boot.
Duration stepped_by(const ClockReading& before, const ClockReading& after) {
    if (before.boot != after.boot) return Duration(0);
    return (after.now - before.now) - (after.uptime - before.uptime);
}

// A step back, too: facts will be mended by the new time, and to set the clock right again is a jump.
bool needs_saving(const ClockRecord& saved, const ClockRecord& now) {
    return saved.steps != now.steps || saved.last.boot != now.last.boot ||
           stepped_by(saved.last, now.last) < -std::chrono::minutes(5) ||
           now.last.uptime - saved.last.uptime > std::chrono::days(1);
}

}  // namespace

Rotator::Rotator(Parts parts)
    : parts_(std::move(parts)),
      crew_(std::make_unique<LookCrew>(parts_.customer_dns, parts_.looks_at_once, parts_.looked)) {}

Result<void> Rotator::start() {
    const auto stored = parts_.store.note(clock_note);
    if (!stored) return stored.error();
    if (*stored) {
        const auto record = parse_clock_record(std::string((*stored)->begin(), (*stored)->end()));
        if (!record) return record.error();
        const std::lock_guard lock(mutex_);
        clock_ = saved_clock_ = *record;
    }
    return read_clock();
}

// A jump is on record before anything is decided by the new time.
Result<void> Rotator::read_clock() {
    ClockRecord record;
    {
        const std::lock_guard lock(mutex_);
        record = observe(clock_, parts_.clock.read());
        if (record.steps.size() > clock_.steps.size()) {
            log_warning("the clock jumped forward; waits of the rotation are counted without that",
                        {{"by", format_duration(record.steps.back().by)}});
        }
    }
    const bool save = needs_saving(saved_clock_, record);
    if (save) {
        const std::string text = serialize(record);
        if (const auto saved = parts_.store.set_note(clock_note, Bytes(text.begin(), text.end())); !saved) {
            return saved.error();
        }
    }
    const std::lock_guard lock(mutex_);
    if (save) saved_clock_ = record;
    // Queued by a time that will come only now: every key is to be looked at again.
    if (stepped_by(clock_.last, record.last) < -std::chrono::minutes(5)) {
        queue_.bring_forward(record.last.now);
    }
    clock_ = std::move(record);
    return {};
}

void Rotator::note(const Key& key) {
    const Timestamp now = parts_.clock.now();
    const std::lock_guard lock(mutex_);
    for (auto& [type, waiting] : waiting_) waiting.erase(key.id);
    for (DueQueue& waiting : waiting_looks_) waiting.erase(key.id);
    if (looks_under_way_.contains(key.id)) return;  // it comes again when that is over
    std::optional<Step> step;
    if (!key.slots.empty()) step = parts_.plan(key, parts_.policy(key.zone), clock_.steps, now);
    if (step) {
        queue_.put(key.id, step->due);
    } else {
        queue_.erase(key.id);
    }
}

std::optional<Timestamp> Rotator::work(std::size_t limit) {
    if (const auto read = read_clock(); !read) {
        // Without knowing of jumps nothing may be decided.
        log_error("the rotation waits: the clock cannot be recorded", {{"reason", read.error().detail}});
        return parts_.clock.now() + after_failure;
    }
    start_looks(limit);
    std::vector<Task> tasks;
    add_waiting(tasks, limit);
    add_due(tasks, limit);
    // What is due now must not wait for looks at name servers, which may take seconds.
    const auto sights = std::stable_partition(
        tasks.begin(), tasks.end(), [](const Task& task) { return task.step.action != Action::see; });
    std::vector<Task> slow(std::make_move_iterator(sights), std::make_move_iterator(tasks.end()));
    tasks.erase(sights, tasks.end());
    reveal(tasks);
    withdraw(tasks);
    commit(tasks);
    see(slow);
    auto looked = finished_looks();
    slow.insert(slow.end(), std::make_move_iterator(looked.begin()), std::make_move_iterator(looked.end()));
    commit(slow);

    std::optional<DueQueue::Entry> first;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [type, waiting] : waiting_) parts_.pairs.want(type, waiting.size());
        first = queue_.first();
        worked_at_ = parts_.clock.now();
    }
    if (!first || first->due > parts_.clock.now()) parts_.store.catch_up();
    return first ? std::optional(first->due) : std::nullopt;
}

ClockSteps Rotator::clock_steps() const {
    const std::lock_guard lock(mutex_);
    return clock_.steps;
}

std::optional<Timestamp> Rotator::oldest_due() const {
    const std::lock_guard lock(mutex_);
    std::optional<Timestamp> oldest;
    const auto count = [&oldest](const DueQueue& queue) {
        if (const auto first = queue.first()) oldest = std::min(oldest.value_or(first->due), first->due);
    };
    count(queue_);
    for (const auto& [type, waiting] : waiting_) count(waiting);
    for (const DueQueue& waiting : waiting_looks_) count(waiting);
    return oldest;
}

std::size_t Rotator::backlog() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = queue_.count_due(parts_.clock.now());
    for (const auto& [type, waiting] : waiting_) count += waiting.size();
    for (const DueQueue& waiting : waiting_looks_) count += waiting.size();
    return count + looks_under_way_.size();
}

// Keys that waited for a pair, as far as there are pairs now.
void Rotator::add_waiting(std::vector<Task>& tasks, std::size_t limit) {
    for (auto& [type, waiting] : waiting_) {
        while (tasks.size() < limit) {
            std::optional<DueQueue::Entry> entry;
            {
                const std::lock_guard lock(mutex_);
                entry = waiting.first();
            }
            if (!entry) break;
            auto pair = parts_.pairs.collect(type);
            if (!pair) break;
            auto task = task_for(entry->id);
            if (!task || task->step.action != Action::publish) continue;  // changed: a pair is no loss
            task->finds.pair = std::move(pair);
            tasks.push_back(std::move(*task));
        }
    }
}

void Rotator::add_due(std::vector<Task>& tasks, std::size_t limit) {
    std::size_t looks = 0;
    for (std::size_t looked = 0; tasks.size() + looks < limit && looked < 2 * limit; ++looked) {
        std::optional<DueQueue::Entry> entry;
        {
            const std::lock_guard lock(mutex_);
            entry = queue_.first();
        }
        if (!entry || entry->due > parts_.clock.now()) return;
        auto task = task_for(entry->id);
        if (!task) continue;
        if (task->step.action == Action::verify) {
            looks += start_look(*task);
        } else if (add_pair(*task)) {
            tasks.push_back(std::move(*task));
        }
    }
}

// What is due for the key, which leaves all queues for it; or nothing, and it is queued for later.
std::optional<Rotator::Task> Rotator::task_for(const std::string& id) {
    auto key = parts_.store.find(id);
    if (!key) {
        log_error("a key cannot be read; it is looked at again later",
                  {{"key", id}, {"reason", key.error().detail}});
        leave_queues(id);
        postpone(id, after_failure);
        return std::nullopt;
    }
    const Timestamp now = parts_.clock.now();
    leave_queues(id);
    const std::lock_guard lock(mutex_);
    if (looks_under_way_.contains(id)) return std::nullopt;
    if (!*key) return std::nullopt;
    auto step = parts_.plan(**key, parts_.policy((*key)->zone), clock_.steps, now);
    if (step && step->due > now) queue_.put(id, step->due);
    if (!step || step->due > now) return std::nullopt;
    return Task{std::move(**key), std::move(*step), {}};
}

void Rotator::leave_queues(const std::string& id) {
    const std::lock_guard lock(mutex_);
    queue_.erase(id);
    for (auto& [type, waiting] : waiting_) waiting.erase(id);
    for (DueQueue& waiting : waiting_looks_) waiting.erase(id);
}

// False where a pair is needed and there is none: the key waits for it without stopping others.
bool Rotator::add_pair(Task& task) {
    if (task.step.action != Action::publish) return true;
    const std::lock_guard lock(mutex_);
    DueQueue& waiting = waiting_[task.key.type];
    if (waiting.empty()) task.finds.pair = parts_.pairs.collect(task.key.type);
    if (!task.finds.pair) waiting.put(task.key.id, task.step.due);
    return task.finds.pair.has_value();
}

void Rotator::see(std::vector<Task>& tasks) {
    std::vector<Wanted> wanted;
    for (const Task& task : tasks) {
        if (task.step.action == Action::see) wanted.push_back({&task.key, &task.key.slots[task.step.slot]});
    }
    if (wanted.empty()) return;
    const auto sightings = parts_.visibility.look(wanted);
    std::size_t next = 0;
    std::erase_if(tasks, [&](const Task& task) {
        if (task.step.action != Action::see) return false;
        const Sighting& sighting = sightings.at(next++);
        if (sighting.visible) return false;
        log_info("a record is not visible yet",
                 {{"record", record_name(task.key, task.key.slots[task.step.slot])},
                  {"reason", sighting.missing}});
        const Duration waited = parts_.clock.now() - task.step.due;  // since it was published
        postpone(task.key.id, between_sights(parts_.policy(task.key.zone), waited));
        return true;
    });
}

// Those that wait for a thread, the most urgent ones first.
void Rotator::start_looks(std::size_t limit) {
    std::size_t started = 0;
    for (std::size_t rank = 0; rank < look_ranks; ++rank) {
        while (started < limit && crew_->has_room(static_cast<LookRank>(rank))) {
            std::optional<DueQueue::Entry> entry;
            {
                const std::lock_guard lock(mutex_);
                entry = waiting_looks_[rank].first();
            }
            if (!entry) break;
            auto task = task_for(entry->id);
            if (!task) continue;
            if (task->step.action != Action::verify) {
                postpone(task->key.id, Duration(0));  // it was changed meanwhile: something else is due first
            } else {
                started += start_look(*task);
            }
        }
    }
}

// True where the look is under way now; else it waits for a thread.
bool Rotator::start_look(Task& task) {
    const LookRank rank = rank_of(task.key, task.step);
    const bool has_room = crew_->has_room(rank);
    {
        const std::lock_guard lock(mutex_);
        if (has_room) {
            looks_under_way_.insert(task.key.id);
        } else {
            waiting_looks_[static_cast<std::size_t>(rank)].put(task.key.id, task.step.due);
        }
    }
    if (has_room) crew_->start({std::move(task.key), std::move(task.step), {}});
    return has_room;
}

std::vector<Rotator::Task> Rotator::finished_looks() {
    std::vector<Task> tasks;
    for (KeyLook& look : crew_->collect()) {
        Task& task = tasks.emplace_back(Task{std::move(look.key), std::move(look.step), {}});
        task.finds.look = std::move(look.found);
    }
    const std::lock_guard lock(mutex_);
    for (const Task& task : tasks) looks_under_way_.erase(task.key.id);
    return tasks;
}

void Rotator::end_looks() { crew_.reset(); }

void Rotator::reveal(std::vector<Task>& tasks) {
    std::erase_if(tasks, [&](Task& task) {
        if (task.step.action != Action::reveal) return false;
        for (const Pair& pair : task.key.slots[task.step.slot].pairs) {
            if (pair.number != task.step.pair) continue;
            auto opened = parts_.open_private_key(task.key, pair);
            if (opened) {
                task.finds.private_key = std::move(*opened);
                return false;
            }
            log_error("a private key cannot be published",
                      {{"key", task.key.id}, {"reason", opened.error().detail}});
        }
        postpone(task.key.id, after_failure);
        return true;
    });
}

void Rotator::withdraw(std::vector<Task>& tasks) {
    std::erase_if(tasks, [&](const Task& task) {
        if (task.step.action != Action::withdraw) return false;
        const Event event{
            0,           parts_.clock.now(),     "rotator",    std::string(to_string(task.step.action)),
            task.key.id, task.key.domain.text(), task.step.why};
        const auto serial = parts_.ledger.erase(task.key, event);
        if (serial) {
            count(task.step.action);
            log_info("records withdrawn",
                     {{"key", task.key.id}, {"domain", task.key.domain.text()}, {"serial", *serial}});
        } else {
            ++failed_;
            log_error("records could not be withdrawn",
                      {{"key", task.key.id}, {"reason", serial.error().detail}});
            postpone(task.key.id, after_failure);
        }
        return true;
    });
}

void Rotator::commit(std::vector<Task>& tasks) {
    if (tasks.empty()) return;
    const Timestamp now = parts_.clock.now();
    std::vector<Change> changes;
    changes.reserve(tasks.size());
    for (Task& task : tasks) {
        changes.push_back(
            make_change(task.key, task.step, std::move(task.finds), parts_.policy(task.key.zone), now));
        tell_of_hold(task, changes.back());
    }
    const auto committed = parts_.ledger.commit(changes);
    if (!committed) {
        failed_ += tasks.size();
        log_error("steps of the rotation could not be stored; they are made again later",
                  {{"steps", tasks.size()}, {"reason", committed.error().detail}});
    }
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        // Who was changed meanwhile by somebody else is simply looked at again.
        if (!committed) postpone(tasks[i].key.id, after_failure);
        if (!committed) continue;
        if (!(*committed)[i].done) {
            postpone(tasks[i].key.id, Duration(0));
            continue;
        }
        count(tasks[i].step.action);
        tell_of_failures(changes[i]);
        if (tasks[i].step.action == Action::sign) {
            log_info("signing moved", {{"key", tasks[i].key.id},
                                       {"domain", tasks[i].key.domain.text()},
                                       {"selector", tasks[i].key.slots[tasks[i].step.slot].selector}});
        }
    }
}

// The alarm (R4), once for each hold, and once when it is over.
void Rotator::tell_of_hold(const Task& task, Change& change) const {
    if (task.step.action != Action::verify && task.step.action != Action::sign) return;
    const Timestamp now = parts_.clock.now();
    const RotationPolicy& policy = parts_.policy(task.key.zone);
    const ClockSteps steps = clock_steps();
    // Often nothing is seen anew, and the time has come: what counts is what the look before told.
    const auto& last = task.key.slots[task.step.slot].check.last;
    const auto before = hold_of(task.key, policy, steps, last ? last->checked_at : now);
    const auto after = hold_of(change.key, policy, steps, now);
    if (after && !before && after->slot == task.step.slot) {
        change.event.action = "hold";
        change.event.detail = after->reason;
        log_warning("a key is held: it keeps signing with the pair that verifies",
                    {{"key", task.key.id}, {"domain", task.key.domain.text()}, {"reason", after->reason}});
    } else if (before && !after && change.key.slots[before->slot].check.last->outcome == Outcome::pass) {
        log_info("a held key resumes", {{"key", task.key.id}, {"domain", task.key.domain.text()}});
    }
}

// The early alarm: weeks before signing should move, or when mail that is sent now cannot be verified.
void Rotator::tell_of_failures(const Change& change) const {
    for (const Event& event : change.also) {
        if (event.action == "warning") {
            log_warning("a customer's CNAME is seen to be wrong",
                        {{"key", event.key_id}, {"domain", event.domain}, {"finding", event.detail}});
        } else {
            log_info("a customer's CNAME is right again",
                     {{"key", event.key_id}, {"domain", event.domain}, {"selector", event.detail}});
        }
    }
}

void Rotator::postpone(const std::string& id, Duration wait) {
    const Timestamp due = parts_.clock.now() + wait;
    const std::lock_guard lock(mutex_);
    queue_.put(id, due);
}

}  // namespace custdkim
