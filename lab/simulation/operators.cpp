// What people do in a simulated world: customers order keys and publish CNAMEs, operators activate keys, and
// give the orders of the fault plan.
#include "lab/simulation/world.hpp"

namespace custdkim::lab {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t customer_stream = 0xc057;
constexpr unsigned most_attempts = 400;
constexpr Duration between_attempts = hours(6);
constexpr Duration order_again = minutes(10);  // where the daemon is down, or busy

// It may work later.
bool is_passing(Errc code) {
    return code == Errc::unavailable || code == Errc::no_space || code == Errc::busy;
}

}  // namespace

void World::create_key(KeyNumber key) {
    bool is_created = false;
    in_daemon([&](Daemon& daemon) {
        KeyRequest request;
        request.domain = "c" + std::to_string(key) + ".example";
        request.type = "ed25519";
        request.org = std::to_string(key);
        is_created = daemon.registry().create(request).has_value();
    });
    // A kill behind the commit: the key is there, and nobody was told.
    if (!is_created && !book_.key(key).is_live) {
        queue_.put(now() + order_again, EventKind::create, key);
        return;
    }
    plan_work(now());
    Chance chance(settings_.size.seed, customer_stream, key);
    queue_.put(now() + chance.log_between(minutes(5), days(10)), EventKind::aliases, key);
    mail_.begin(key, now());
}

void World::publish_aliases(KeyNumber key) {
    for (std::size_t slot = 0; slot < settings_.policy.slots; ++slot) {
        customers_.set(slot_number(key, slot), Alias::right, now());
    }
    note([&] { return "customer " + std::to_string(key) + " publishes the CNAMEs"; });
    activations_[key] = {true, true, 0};
    queue_.put(now() + chance_.between(minutes(1), days(2)), EventKind::activate, key);
}

void World::activate(KeyNumber key) {
    Activation& activation = activations_[key];
    if (!activation.is_wanted || !book_.key(key).is_live) return;
    bool is_done = false;
    in_daemon([&](Daemon& daemon) {
        is_done = daemon.orders().activate(book_.key(key).id).has_value();
        if (is_done) checker_.acknowledged_activation(key, now());
    });
    plan_work(now());
    activation.is_wanted = !is_done && ++activation.attempts < most_attempts;
    if (activation.is_wanted) queue_.put(now() + between_attempts, EventKind::activate, key);
}

void World::give_order(std::uint32_t index) {
    const Fault& fault = plan_[index];
    const KeyNumber key = fault.subject;
    const auto order = static_cast<Order>(fault.flavour);
    if (!book_.key(key).is_live || now() > fault.at + days(3)) return;
    std::optional<Errc> trouble = Errc::unavailable;
    checker_.will_order(key, order);
    in_daemon([&](Daemon&) {
        trouble = carry_out(order, key);
        if (!trouble) checker_.acknowledged(key, order, now());
    });
    plan_work(now());
    note([&] {
        return describe(fault) + (trouble ? " (" + std::string(custdkim::to_string(*trouble)) + ")" : "");
    });
    if (trouble && is_passing(*trouble)) {
        queue_.put(now() + order_again, EventKind::look_again, index);
    } else if (!trouble && order == Order::deactivate) {
        activations_[key] = {true, true, 0};
        queue_.put(now() + fault.lasts, EventKind::activate, key);
    }
}

// Nothing if it was done.
std::optional<Errc> World::carry_out(Order order, KeyNumber key) {
    const std::string& id = book_.key(key).id;
    const auto code_of = [](const auto& result) {
        return result ? std::optional<Errc>() : std::optional(result.error().code);
    };
    switch (order) {
        case Order::rotate: return code_of(daemon_->orders().rotate(id, false, false));
        case Order::rotate_compromised: return code_of(daemon_->orders().rotate(id, true, false));
        case Order::revoke: return code_of(daemon_->orders().revoke(id, false));
        case Order::deactivate: return code_of(daemon_->orders().deactivate(id));
        case Order::erase: return code_of(daemon_->registry().remove(id));
    }
    return Errc::internal;
}

}  // namespace custdkim::lab
