// How the daemon of a simulated world starts, works and ends.
#include "lab/simulation/world.hpp"

namespace custdkim::lab {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration restart_delay = minutes(1);  // of a supervisor, when a start failed
constexpr std::uint32_t most_works_a_second = 10000;

}  // namespace

void World::start_daemon() {
    if (daemon_ || now() < down_until_) return;
    if (boots_at_start_ && !has_unread_step_) clock_.reboot();
    boots_at_start_ = false;
    CustomerDns& customer_dns = settings_.mutation == Mutation::blind_switch
                                    ? static_cast<CustomerDns&>(blind_customer_dns_)
                                    : customer_dns_;
    std::optional<Result<std::unique_ptr<Daemon>>> started;
    try {
        started = Daemon::start({faulty_store_, primary_, pairs_, visibility_, customer_dns, clock_, *random_,
                                 settings_.policy, rotation_plan_});
    } catch (const Killed&) {
        note([] { return std::string("the daemon is killed while it starts"); });
    }
    if (!started || !*started) {
        down_until_ = now() + restart_delay;
        queue_.put(down_until_, EventKind::start);
        return;
    }
    daemon_ = std::move(**started);
    servers_.set_reachable(0, true);
    has_unread_step_ = false;
    note([] { return std::string("the daemon is up"); });
    checker_.restarted(now());
    plan_work(now());
}

void World::stop_daemon(Duration for_how_long) {
    down_until_ = std::max(down_until_, now() + for_how_long);
    queue_.put(down_until_, EventKind::start);
    if (!daemon_) return;
    daemon_.reset();
    servers_.set_reachable(0, false);
    next_work_ = never;
}

void World::work() {
    next_work_ = never;
    in_daemon([&](Daemon& daemon) {
        const auto due = daemon.rotator().work();
        if (!faulty_store_.is_full()) has_unread_step_ = false;  // else it could not be recorded
        if (++works_this_second_ == most_works_a_second) {
            tally_.add(
                Violation{"R10", settings_.size.seed, everybody, now(), "the rotator runs in circles"});
        }
        if (!due || works_this_second_ >= most_works_a_second) return;
        const Duration wait = *due - clock_.now();
        if (wait < settings_.size.length) plan_work(now() + std::max(wait, Duration(0)));
    });
}

void World::plan_work(TrueTime at) {
    if (at >= next_work_) return;
    next_work_ = at;
    queue_.put(at, EventKind::work);
}

// Secondaries are notified, and come within seconds.
void World::published(const Publication& publication) {
    checker_.published(publication.serial, publication.changes_records, now());
    for (std::uint32_t server = 1; server < NameServers::count; ++server) {
        if (transfer_is_due_[server]) continue;
        transfer_is_due_[server] = true;
        queue_.put(now() + chance_.between(seconds(1), seconds(30)), EventKind::transfer, server);
    }
}

void World::transfer(std::size_t server) { servers_.transfer(server, now()); }

}  // namespace custdkim::lab
