#include "keys/ledger.hpp"

namespace custdkim {

Ledger::Ledger(Store& store, Publisher& publisher, const Clock& clock)
    : store_(store), publisher_(publisher), clock_(clock) {}

Result<Insertion> Ledger::insert(const Creation& creation) {
    const std::lock_guard lock(mutex_);
    auto insertion = store_.insert(creation, clock_.now());
    if (insertion && insertion->status == Insertion::Status::done) {
        publisher_.publish(creation.key, insertion->serial);
        if (observer_) observer_(creation.key);
        bell_.ring();
    }
    return insertion;
}

Result<std::vector<Committed>> Ledger::commit(std::span<Change> changes) {
    const std::lock_guard lock(mutex_);
    auto committed = store_.commit(changes, clock_.now());
    if (!committed) return committed;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (!(*committed)[i].done) continue;
        Change& change = changes[i];
        ++change.key.version;
        if (change.moves_serial) publisher_.publish(change.key, (*committed)[i].serial);
        if (observer_) observer_(change.key);
    }
    bell_.ring();
    return committed;
}

Result<Key> Ledger::commit(Change change) {
    const auto committed = commit(std::span(&change, 1));
    if (!committed) return committed.error();
    if (!committed->front().done) {
        return Error{Errc::busy, "the key " + change.key.id + " was changed meanwhile; look again"};
    }
    return std::move(change.key);
}

Result<Serial> Ledger::erase(const Key& key, const Event& event) {
    const std::lock_guard lock(mutex_);
    auto serial = store_.erase(key, event, clock_.now());
    if (!serial && serial.error().code == Errc::conflict) return Error{Errc::busy, serial.error().detail};
    if (!serial) return serial;
    publisher_.withdraw(key, *serial);
    if (observer_) {
        Key gone = key;
        gone.slots.clear();
        observer_(gone);
    }
    bell_.ring();
    return serial;
}

}  // namespace custdkim
