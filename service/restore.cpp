#include "service/restore.hpp"

#include <algorithm>

#include "service/key_zones.hpp"
#include "service/master_key_check.hpp"
#include "store/open_store.hpp"
#include "store/outcomes.hpp"

namespace custdkim {

namespace {

Result<void> check_zones(const CopyContents& contents, const Config& config) {
    const auto known = all_zone_names(config);
    for (const CopiedZone& zone : contents.zones) {
        const bool is_known = std::find(known.begin(), known.end(), zone.name) != known.end();
        if (zone.keys > 0 && !is_known) return outcomes::orphaned_zone(zone.name.text(), zone.keys);
    }
    return {};
}

}  // namespace

Result<Restoration> restore(const Config& config, const RestoreOrder& order, const Clock& clock,
                            Random& random) {
    const auto file = store_file(config.store.url);
    if (!file) {
        return refused("[store] url is " + config.store.url +
                       ", which cannot be restored; set it to sqlite:FILE");
    }
    auto master_key = read_master_key(config.keys.master_key_file);
    if (!master_key) return master_key.error();
    const Sealer sealer(std::move(*master_key), random);
    Revival revival;
    revival.now = clock.now();
    revival.actor = "restore";
    revival.above = order.above;
    revival.check = [&](const CopyContents& contents, const std::optional<Bytes>& check) {
        if (const auto known = check_zones(contents, config); !known) return known;
        return check_master_key(check, contents.keys, sealer, config);
    };
    auto revived = revive_store(order.backup, *file, revival);
    if (!revived) return revived.error();
    Restoration done{*file, std::move(*revived), std::nullopt, Duration::max(), Duration::max()};
    if (const auto as_of = done.revived.contents.as_of)
        done.age = std::max(revival.now - *as_of, Duration(0));
    for (const ZoneConfig& zone : config.zones) {
        done.prepublish = std::min(done.prepublish, zone.rotation.prepublish);
        done.retention = std::min(done.retention, zone.rotation.retention);
    }
    return done;
}

}  // namespace custdkim
