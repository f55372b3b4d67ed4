#include "store/zone_table.hpp"

#include <algorithm>

#include "store/outcomes.hpp"

namespace custdkim::sqlite {

std::vector<StoredZone> ZoneTable::open(std::span<const dns::Name> names, Timestamp now) {
    every_.bind();
    while (every_.step()) {
        const auto name = dns::Name::parse(every_.text(0));
        const bool known = name && std::find(names.begin(), names.end(), *name) != names.end();
        const auto keys = static_cast<std::uint64_t>(every_.number(1));
        if (!known && keys > 0) {
            const Failure failure{outcomes::orphaned_zone(every_.text(0), keys)};
            every_.reset();
            throw failure;
        }
    }
    std::vector<StoredZone> opened;
    for (const dns::Name& name : names) {
        find_.bind(name.text());
        const bool known = find_.step();
        find_.reset();
        if (!known) add_.bind(name.text(), std::int64_t{next_serial(0, now)}).run();
        opened.push_back(find(name));
    }
    return opened;
}

StoredZone ZoneTable::find(const dns::Name& name) {
    find_.bind(name.text());
    if (!find_.step()) throw Failure{outcomes::unknown_zone(name.text())};
    const StoredZone zone{static_cast<std::uint32_t>(find_.number(0)), name,
                          static_cast<Serial>(find_.number(1))};
    find_.reset();
    return zone;
}

Serial ZoneTable::move_serial(const StoredZone& zone, Timestamp now) {
    const Serial serial = next_serial(zone.serial, now);
    set_serial_.bind(std::int64_t{serial}, std::int64_t{zone.id}).run();
    return serial;
}

}  // namespace custdkim::sqlite
