// What the methods of the protocol do, by theme; methods.cpp has their table. Thread-safe.
#pragma once

#include "backend/methods.hpp"

namespace custdkim::backend {

// What `lookup` answers for a canonical name. "No such name" is an empty array; PowerDNS makes NXDOMAIN of
// it. A zone id that is negative or unknown leaves the choice of the zone to the name.
void answer_lookup(const Zones& zones, std::string_view name, std::string_view type, std::int64_t zone_id,
                   Reply& reply);

// record_methods.cpp
Result<void> initialize(const Call& call, Reply& reply);
Result<void> lookup(const Call& call, Reply& reply);
Result<void> list(const Call& call, Reply& reply);
Result<void> get_before_and_after_names(const Call& call, Reply& reply);
Result<void> search_records(const Call& call, Reply& reply);

// zone_methods.cpp
Result<void> get_all_domains(const Call& call, Reply& reply);
Result<void> get_domain_info(const Call& call, Reply& reply);
Result<void> get_updated_masters(const Call& call, Reply& reply);
Result<void> set_notified(const Call& call, Reply& reply);
Result<void> get_unfresh_slave_infos(const Call& call, Reply& reply);

// metadata_methods.cpp
Result<void> get_all_domain_metadata(const Call& call, Reply& reply);
Result<void> get_domain_metadata(const Call& call, Reply& reply);
Result<void> set_domain_metadata(const Call& call, Reply& reply);

// domain_key_methods.cpp
Result<void> get_domain_keys(const Call& call, Reply& reply);
Result<void> add_domain_key(const Call& call, Reply& reply);
Result<void> remove_domain_key(const Call& call, Reply& reply);
Result<void> activate_domain_key(const Call& call, Reply& reply);
Result<void> deactivate_domain_key(const Call& call, Reply& reply);
Result<void> publish_domain_key(const Call& call, Reply& reply);
Result<void> unpublish_domain_key(const Call& call, Reply& reply);

// tsig_methods.cpp
Result<void> get_tsig_key(const Call& call, Reply& reply);
Result<void> get_tsig_keys(const Call& call, Reply& reply);
Result<void> set_tsig_key(const Call& call, Reply& reply);
Result<void> delete_tsig_key(const Call& call, Reply& reply);

// transaction_methods.cpp: records come from keys or files; PowerDNS cannot write them.
Result<void> start_transaction(const Call& call, Reply& reply);
Result<void> commit_transaction(const Call& call, Reply& reply);
Result<void> abort_transaction(const Call& call, Reply& reply);
Result<void> refuse_change(const Call& call, Reply& reply);
Result<void> refuse_secondary(const Call& call, Reply& reply);

// command_methods.cpp
Result<void> direct_backend_cmd(const Call& call, Reply& reply);

}  // namespace custdkim::backend
