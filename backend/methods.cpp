#include "backend/methods.hpp"

#include <algorithm>
#include <array>

#include "backend/handlers.hpp"

namespace custdkim::backend {

namespace {

constexpr std::array table = {
    Method{"lookup", lookup},
    Method{"APILookup", lookup},  // since 5.0
    Method{"initialize", initialize},
    Method{"list", list},
    Method{"getBeforeAndAfterNamesAbsolute", get_before_and_after_names},
    Method{"searchRecords", search_records},

    Method{"getAllDomains", get_all_domains},
    Method{"getDomainInfo", get_domain_info},
    Method{"getUpdatedMasters", get_updated_masters},
    Method{"setNotified", set_notified},
    Method{"getUnfreshSlaveInfos", get_unfresh_slave_infos},

    Method{"getAllDomainMetadata", get_all_domain_metadata},
    Method{"getDomainMetadata", get_domain_metadata},
    Method{"setDomainMetadata", set_domain_metadata},

    Method{"getDomainKeys", get_domain_keys},
    Method{"addDomainKey", add_domain_key},
    Method{"removeDomainKey", remove_domain_key},
    Method{"activateDomainKey", activate_domain_key},
    Method{"deactivateDomainKey", deactivate_domain_key},
    Method{"publishDomainKey", publish_domain_key},
    Method{"unpublishDomainKey", unpublish_domain_key},

    Method{"getTSIGKey", get_tsig_key},
    Method{"getTSIGKeys", get_tsig_keys},
    Method{"setTSIGKey", set_tsig_key},
    Method{"deleteTSIGKey", delete_tsig_key},

    Method{"startTransaction", start_transaction},
    Method{"commitTransaction", commit_transaction},
    Method{"abortTransaction", abort_transaction},
    Method{"replaceRRSet", refuse_change},
    Method{"feedRecord", refuse_change},
    Method{"feedEnts", refuse_change},
    Method{"feedEnts3", refuse_change},

    Method{"setFresh", refuse_secondary},
    Method{"setStale", refuse_secondary},
    Method{"superMasterBackend", refuse_secondary},
    Method{"createSlaveDomain", refuse_secondary},

    Method{"directBackendCmd", direct_backend_cmd},
};

static_assert(table.size() <= max_methods);

}  // namespace

std::span<const Method> methods() { return table; }

const Method* find_method(std::string_view name) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const Method& m) { return m.name == name; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace custdkim::backend
