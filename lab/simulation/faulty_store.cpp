#include "lab/simulation/faulty_store.hpp"

#include <utility>

namespace custdkim::lab {

template <typename T>
Result<T> FaultyStore::write(const std::function<Result<T>()>& make) {
    const Death death = std::exchange(death_, Death::none);
    if (death == Death::before) throw Killed();
    if (is_full()) return Error{Errc::no_space, "the disk is full"};
    auto outcome = make();
    if (death == Death::after) throw Killed();
    return outcome;
}

Result<std::vector<StoredZone>> FaultyStore::open_zones(std::span<const dns::Name> zones, Timestamp now) {
    return inner_.open_zones(zones, now);
}

Result<Serial> FaultyStore::move_serial(const dns::Name& zone, Timestamp now) {
    if (is_full()) return Error{Errc::no_space, "the disk is full"};
    return inner_.move_serial(zone, now);
}

Result<Insertion> FaultyStore::insert(const Creation& creation, Timestamp now) {
    return write<Insertion>([&] {
        auto insertion = inner_.insert(creation, now);
        if (insertion && insertion->status == Insertion::Status::done) report(creation.key.id);
        return insertion;
    });
}

Result<std::vector<Committed>> FaultyStore::commit(std::span<const Change> changes, Timestamp now) {
    return write<std::vector<Committed>>([&] {
        auto committed = inner_.commit(changes, now);
        if (!committed) return committed;
        for (std::size_t i = 0; i < changes.size(); ++i) {
            if ((*committed)[i].done) report(changes[i].key.id);
        }
        return committed;
    });
}

Result<Serial> FaultyStore::erase(const Key& key, const Event& event, Timestamp now) {
    return write<Serial>([&] {
        auto serial = inner_.erase(key, event, now);
        if (serial) observer_.erased(key);
        return serial;
    });
}

Result<void> FaultyStore::set_note(std::string_view name, const Bytes& value) {
    return write<void>([&] { return inner_.set_note(name, value); });
}

void FaultyStore::report(std::string_view id) {
    auto key = inner_.find(id);
    if (key && *key) observer_.stored(std::move(**key));
}

}  // namespace custdkim::lab
