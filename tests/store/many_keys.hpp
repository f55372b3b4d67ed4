// A store with very many keys, for measuring.
#pragma once

#include <filesystem>
#include <string>

#include "sqlite_file.hpp"

namespace custdkim::test {

// Puts copies of the one key that the file has into it, straight and at once, so that `count` are there; ids
// come in any order, as real ones do.
inline void multiply_key(const std::filesystem::path& file, int count) {
    run_sql(
        file,
        "PRAGMA synchronous = OFF; BEGIN;"
        "CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
        " WHERE i < " +
            std::to_string(count) +
            ") SELECT i FROM n;"
            "INSERT INTO issued_label SELECT label || i, zone, issued_at FROM n, issued_label;"
            "INSERT INTO key SELECT i, hex(randomblob(8)), zone, 'd' || i || '.example', match, type, org,"
            " version, created_at, activated_at, deleted_at, rotation_requested_at, revoked_at FROM n, key;"
            "INSERT INTO slot SELECT i, position, selector, label || i, outcome, cause, detail, fix,"
            " checked_at, verified_at, verified_pair, passing_since, candidates, evidence, failing_since,"
            " last_failed_at, failed_looks FROM n, slot;"
            "INSERT INTO pair SELECT i, slot, number, public_key, created_at, published_at, visible_at,"
            " signing_since, retired_at, compromised_at, revoked_at, destroyed_at, revealed FROM n, pair;"
            "INSERT INTO private_key SELECT i, pair, sealed FROM n, private_key;"
            "INSERT INTO event (at, actor, action, key, key_id, domain, detail)"
            " SELECT at, actor, action, row, id, key.domain, detail FROM key, event WHERE row > 1;"
            "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace custdkim::test
