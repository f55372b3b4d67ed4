#include "store/administration_tables.hpp"

#include "store/outcomes.hpp"

namespace custdkim::sqlite {

namespace {

Bytes bytes_of(std::span<const std::uint8_t> blob) { return {blob.begin(), blob.end()}; }

std::uint32_t id_of(std::int64_t number) { return static_cast<std::uint32_t>(number); }

}  // namespace

std::vector<SealedMetadata> AdministrationTables::all_metadata() {
    std::vector<SealedMetadata> all;
    every_metadata_.bind();
    while (every_metadata_.step()) {
        all.push_back({id_of(every_metadata_.number(0)), std::string(every_metadata_.text(1)),
                       bytes_of(every_metadata_.blob(2))});
    }
    return all;
}

std::vector<SealedDomainKey> AdministrationTables::all_domain_keys() {
    std::vector<SealedDomainKey> all;
    every_domain_key_.bind();
    while (every_domain_key_.step()) {
        all.push_back({id_of(every_domain_key_.number(0)), id_of(every_domain_key_.number(1)),
                       static_cast<std::uint16_t>(every_domain_key_.number(2)),
                       every_domain_key_.number(3) != 0, every_domain_key_.number(4) != 0,
                       bytes_of(every_domain_key_.blob(5))});
    }
    return all;
}

std::vector<SealedTsigKey> AdministrationTables::all_tsig_keys() {
    std::vector<SealedTsigKey> all;
    every_tsig_key_.bind();
    while (every_tsig_key_.step()) {
        all.push_back({std::string(every_tsig_key_.text(0)), std::string(every_tsig_key_.text(1)),
                       bytes_of(every_tsig_key_.blob(2))});
    }
    return all;
}

void AdministrationTables::set_metadata(const SealedMetadata& metadata) {
    set_metadata_.bind(std::int64_t{metadata.zone}, metadata.kind, std::span(metadata.values)).run();
}

void AdministrationTables::remove_metadata(std::uint32_t zone, std::string_view kind) {
    remove_metadata_.bind(std::int64_t{zone}, kind).run();
}

std::uint32_t AdministrationTables::add_domain_key(const SealedDomainKey& key) {
    add_domain_key_
        .bind(std::int64_t{key.zone}, std::int64_t{key.flags}, std::int64_t{key.active},
              std::int64_t{key.published}, std::span(key.content))
        .run();
    return id_of(database_.last_row());
}

void AdministrationTables::set_domain_key(std::uint32_t zone, std::uint32_t id, bool active, bool published) {
    set_domain_key_.bind(std::int64_t{active}, std::int64_t{published}, std::int64_t{zone}, std::int64_t{id})
        .run();
    if (database_.changed_rows() == 0) throw Failure{outcomes::no_domain_key(id)};
}

void AdministrationTables::remove_domain_key(std::uint32_t zone, std::uint32_t id) {
    remove_domain_key_.bind(std::int64_t{zone}, std::int64_t{id}).run();
    if (database_.changed_rows() == 0) throw Failure{outcomes::no_domain_key(id)};
}

void AdministrationTables::set_tsig_key(const SealedTsigKey& key) {
    set_tsig_key_.bind(key.name, key.algorithm, std::span(key.content)).run();
}

void AdministrationTables::remove_tsig_key(std::string_view name) {
    remove_tsig_key_.bind(name).run();
    if (database_.changed_rows() == 0) throw Failure{outcomes::no_tsig_key(name)};
}

}  // namespace custdkim::sqlite
