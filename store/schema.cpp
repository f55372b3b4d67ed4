#include "store/schema.hpp"

#include <array>

#include "base/log.hpp"

namespace custdkim::sqlite {

namespace {

// "cdkm": tells our files from everybody else's (PRAGMA application_id).
constexpr std::int64_t application_id = 0x63646b6d;

// Times are seconds since 1970. Private keys have a table of their own, so that reading all public keys at
// start does not drag them through memory. Issued labels are never deleted (R8).
constexpr std::string_view version_1 = R"sql(
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE zone (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        serial INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE issued_label (
        label TEXT PRIMARY KEY,
        zone INTEGER NOT NULL REFERENCES zone,
        issued_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE key (
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        zone INTEGER NOT NULL REFERENCES zone,
        domain TEXT NOT NULL,
        match TEXT NOT NULL,
        type TEXT NOT NULL,
        org TEXT NOT NULL,
        version INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        activated_at INTEGER,
        deleted_at INTEGER
    ) STRICT;
    CREATE INDEX key_domain ON key (domain);
    CREATE INDEX key_deleted ON key (deleted_at) WHERE deleted_at IS NOT NULL;
    CREATE TABLE slot (
        key INTEGER NOT NULL REFERENCES key ON DELETE CASCADE,
        position INTEGER NOT NULL,
        selector TEXT NOT NULL,
        label TEXT NOT NULL REFERENCES issued_label,
        PRIMARY KEY (key, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE pair (
        key INTEGER NOT NULL,
        slot INTEGER NOT NULL,
        number INTEGER NOT NULL,
        public_key BLOB NOT NULL,
        created_at INTEGER NOT NULL,
        published_at INTEGER,
        visible_at INTEGER,
        signing_since INTEGER,
        retired_at INTEGER,
        PRIMARY KEY (key, slot, number),
        FOREIGN KEY (key, slot) REFERENCES slot ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE private_key (
        key INTEGER NOT NULL REFERENCES key ON DELETE CASCADE,
        pair INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (key, pair)
    ) STRICT;
)sql";

// Rotation: more facts, and the audit log, which outlives its keys. Version 1 destroyed private keys only
// when their key was deleted, so that the time is known. Events are found by their key's row: an index of
// ids, which are random, would be written all over by every commit. `erased_key` has the rows of those that
// are gone.
constexpr std::string_view version_2 = R"sql(
    ALTER TABLE key ADD COLUMN rotation_requested_at INTEGER;
    ALTER TABLE key ADD COLUMN revoked_at INTEGER;
    ALTER TABLE slot ADD COLUMN outcome TEXT;
    ALTER TABLE slot ADD COLUMN cause TEXT;
    ALTER TABLE slot ADD COLUMN detail TEXT;
    ALTER TABLE slot ADD COLUMN fix TEXT;
    ALTER TABLE slot ADD COLUMN checked_at INTEGER;
    ALTER TABLE slot ADD COLUMN verified_at INTEGER;
    ALTER TABLE slot ADD COLUMN verified_pair INTEGER;
    ALTER TABLE slot ADD COLUMN passing_since INTEGER;
    ALTER TABLE pair ADD COLUMN compromised_at INTEGER;
    ALTER TABLE pair ADD COLUMN revoked_at INTEGER;
    ALTER TABLE pair ADD COLUMN destroyed_at INTEGER;
    ALTER TABLE pair ADD COLUMN revealed BLOB;
    UPDATE pair SET destroyed_at = (SELECT deleted_at FROM key WHERE row = pair.key)
        WHERE key IN (SELECT row FROM key WHERE deleted_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM private_key p WHERE p.key = pair.key AND p.pair = pair.number);
    DROP INDEX key_deleted;
    CREATE TABLE event (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        key INTEGER NOT NULL,
        key_id TEXT NOT NULL,
        domain TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_key ON event (key);
    CREATE TABLE erased_key (id TEXT PRIMARY KEY, row INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql";

// The watch: lists have a line feed behind each item. A run of looks that failed goes on where
// `passing_since` is NULL; of those that version 2 saw fail only the last one is known.
constexpr std::string_view version_3 = R"sql(
    ALTER TABLE slot ADD COLUMN candidates TEXT;
    ALTER TABLE slot ADD COLUMN evidence TEXT;
    ALTER TABLE slot ADD COLUMN failing_since INTEGER;
    ALTER TABLE slot ADD COLUMN last_failed_at INTEGER;
    ALTER TABLE slot ADD COLUMN failed_looks INTEGER;
    UPDATE slot SET failing_since = checked_at, last_failed_at = checked_at, failed_looks = 1
        WHERE outcome = 'fail';
)sql";

// What PowerDNS keeps with us. Ids of DNSSEC keys are never issued twice, and fit into PowerDNS's int.
constexpr std::string_view version_4 = R"sql(
    CREATE TABLE metadata (
        zone INTEGER NOT NULL REFERENCES zone,
        kind TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (zone, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE domain_key (
        id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id < 2147483648),
        zone INTEGER NOT NULL REFERENCES zone,
        flags INTEGER NOT NULL,
        active INTEGER NOT NULL,
        published INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT;
    CREATE TABLE tsig_key (
        name TEXT PRIMARY KEY,
        algorithm TEXT NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
)sql";

// Who may use the API, and whose keys are whose. Events from before this version have no organisation of
// their own: that of their key is meant. The oldest idempotency keys have the lowest rows.
constexpr std::string_view version_5 = R"sql(
    CREATE TABLE organisation (
        name TEXT PRIMARY KEY,
        description TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO organisation (name, description, created_at)
        SELECT org, '', min(created_at) FROM key GROUP BY org;
    CREATE INDEX key_org ON key (org);
    ALTER TABLE event ADD COLUMN org TEXT;
    CREATE TABLE token (
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        digest BLOB NOT NULL,
        scopes TEXT NOT NULL,
        org TEXT,
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        last_used_at INTEGER,
        revoked_at INTEGER
    ) STRICT;
    CREATE TABLE idempotency_key (
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        caller TEXT NOT NULL,
        key TEXT NOT NULL,
        request BLOB NOT NULL,
        key_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        UNIQUE (caller, key)
    ) STRICT;
)sql";

// Who may send. An address is found by itself, with each message; lists are in the order of the rows.
constexpr std::string_view version_6 = R"sql(
    ALTER TABLE organisation ADD COLUMN verifies_users INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE organisation ADD COLUMN unsigned_mail TEXT NOT NULL DEFAULT 'reject';
    CREATE TABLE sender (
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        address TEXT NOT NULL,
        org TEXT NOT NULL,
        domain TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        confirmed_at INTEGER,
        code BLOB,
        code_ends_at INTEGER NOT NULL,
        UNIQUE (address, org)
    ) STRICT;
    CREATE INDEX sender_org ON sender (org);
    CREATE INDEX sender_domain ON sender (domain);
    CREATE UNIQUE INDEX sender_code ON sender (code) WHERE code IS NOT NULL;
)sql";

// Keys of an organisation are found by how their domains begin.
constexpr std::string_view version_7 = R"sql(
    CREATE INDEX key_org_domain ON key (org, domain);
)sql";

constexpr std::array steps = {version_1, version_2, version_3, version_4, version_5, version_6, version_7};

std::int64_t pragma(Database& database, const std::string& name) {
    Statement statement(database, "PRAGMA " + name);
    statement.bind();
    return statement.step() ? statement.number(0) : 0;
}

bool is_empty(Database& database) {
    Statement statement(database, "SELECT count(*) FROM sqlite_schema");
    statement.bind();
    return !statement.step() || statement.number(0) == 0;
}

}  // namespace

int newest_schema_version() { return static_cast<int>(steps.size()); }

void check_ours(Database& database) {
    const std::int64_t version = pragma(database, "user_version");
    const bool ours = pragma(database, "application_id") == application_id;
    if (!ours && !(version == 0 && is_empty(database))) {
        throw Failure{
            {Errc::corrupt, "the file is a database, but not one of custdkim's; check [store] url"}};
    }
    if (version > newest_schema_version()) {
        throw Failure{{Errc::conflict, "the store has schema version " + std::to_string(version) +
                                           ", and this custdkim knows only up to " +
                                           std::to_string(newest_schema_version()) +
                                           "; run the newer custdkim that wrote it"}};
    }
}

void migrate(Database& database) {
    const std::int64_t version = pragma(database, "user_version");
    for (auto next = static_cast<std::size_t>(version); next < steps.size(); ++next) {
        Transaction transaction(database);
        database.execute(std::string(steps[next]));
        database.execute("PRAGMA application_id = " + std::to_string(application_id));
        database.execute("PRAGMA user_version = " + std::to_string(next + 1));
        transaction.commit();
        if (version > 0) log_info("the store was migrated", {{"schema", next + 1}});
    }
}

}  // namespace custdkim::sqlite
