#include "keys/rotator.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

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

// Calls work(i) for all i below count, on up to `threads` threads.
void for_each_at_once(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min(count, threads); ++i) others.emplace_back(run);
    run();
}

}  // namespace

Rotator::Rotator(Parts parts) : parts_(std::move(parts)) {}

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
    std::vector<Task> tasks;
    add_waiting(tasks, limit);
    add_due(tasks, limit);
    // What is due now must not wait for looks, which may take seconds.
    const auto looks = std::stable_partition(tasks.begin(), tasks.end(), [](const Task& task) {
        return task.step.action != Action::see && task.step.action != Action::verify;
    });
    std::vector<Task> slow(std::make_move_iterator(looks), std::make_move_iterator(tasks.end()));
    tasks.erase(looks, tasks.end());
    reveal(tasks);
    withdraw(tasks);
    commit(tasks);
    see(slow);
    verify(slow);
    commit(slow);

    std::optional<DueQueue::Entry> first;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [type, waiting] : waiting_) parts_.pairs.want(type, waiting.size());
        first = queue_.first();
    }
    if (!first || first->due > parts_.clock.now()) parts_.store.catch_up();
    return first ? std::optional(first->due) : std::nullopt;
}

ClockSteps Rotator::clock_steps() const {
    const std::lock_guard lock(mutex_);
    return clock_.steps;
}

std::size_t Rotator::backlog() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = queue_.count_due(parts_.clock.now());
    for (const auto& [type, waiting] : waiting_) count += waiting.size();
    return count;
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
    for (std::size_t looked = 0; tasks.size() < limit && looked < 2 * limit; ++looked) {
        std::optional<DueQueue::Entry> entry;
        {
            const std::lock_guard lock(mutex_);
            entry = queue_.first();
        }
        if (!entry || entry->due > parts_.clock.now()) return;
        auto task = task_for(entry->id);
        if (task && add_pair(*task)) tasks.push_back(std::move(*task));
    }
}

// What is due for the key, which leaves all queues for it; or nothing, and it is queued for later.
std::optional<Rotator::Task> Rotator::task_for(const std::string& id) {
    auto key = parts_.store.find(id);
    if (!key) {
        log_error("a key cannot be read; it is looked at again later",
                  {{"key", id}, {"reason", key.error().detail}});
        postpone(id, after_failure);
        return std::nullopt;
    }
    const Timestamp now = parts_.clock.now();
    const std::lock_guard lock(mutex_);
    queue_.erase(id);
    for (auto& [type, waiting] : waiting_) waiting.erase(id);
    if (!*key) return std::nullopt;
    auto step = parts_.plan(**key, parts_.policy((*key)->zone), clock_.steps, now);
    if (step && step->due > now) queue_.put(id, step->due);
    if (!step || step->due > now) return std::nullopt;
    return Task{std::move(**key), std::move(*step), {}};
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

void Rotator::verify(std::vector<Task>& tasks) {
    std::vector<Task*> looks;
    for (Task& task : tasks) {
        if (task.step.action == Action::verify) looks.push_back(&task);
    }
    for_each_at_once(looks.size(), parts_.looks_at_once, [&](std::size_t i) {
        Task& task = *looks[i];
        task.finds.look = parts_.customer_dns.look(task.key, task.key.slots[task.step.slot]);
    });
}

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
            ++steps_made_;
            log_info("records withdrawn",
                     {{"key", task.key.id}, {"domain", task.key.domain.text()}, {"serial", *serial}});
        } else {
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
        log_error("steps of the rotation could not be stored; they are made again later",
                  {{"steps", tasks.size()}, {"reason", committed.error().detail}});
    }
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        // Who was changed meanwhile by somebody else is simply looked at again.
        if (!committed) postpone(tasks[i].key.id, after_failure);
        if (!committed) continue;
        steps_made_ += (*committed)[i].done;
        if (!(*committed)[i].done) {
            postpone(tasks[i].key.id, Duration(0));
        } else if (tasks[i].step.action == Action::sign) {
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
    const auto before = hold_of(task.key, policy, steps, now);
    const auto after = hold_of(change.key, policy, steps, now);
    if (after && !before) {
        change.event.action = "hold";
        change.event.detail = after->reason;
        log_warning("a key is held: it keeps signing with the pair that verifies",
                    {{"key", task.key.id}, {"domain", task.key.domain.text()}, {"reason", after->reason}});
    } else if (before && !after) {
        log_info("a held key resumes", {{"key", task.key.id}, {"domain", task.key.domain.text()}});
    }
}

void Rotator::postpone(const std::string& id, Duration wait) {
    const Timestamp due = parts_.clock.now() + wait;
    const std::lock_guard lock(mutex_);
    queue_.put(id, due);
}

}  // namespace custdkim
