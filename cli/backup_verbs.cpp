#include "cli/backup_commands.hpp"
#include "cli/verbs.hpp"

namespace custdkim::cli {

namespace {

void add_backup(CLI::App& program, Action& chosen) {
    const auto [verb, options] = usage::add_verb<BackupOptions>(
        program, chosen, "backup",
        "Write the whole store into a file, as it is at one moment, while it is served", backup);
    verb->add_option("TARGET", options.target, "A file that is not there yet, or a directory")
        ->type_name("FILE")
        ->required();
    add_access(*verb, options.access);
    add_json(*verb, options.json);
    verb->footer(
        "It needs a token of scope `admin`, and nothing but the API: it may run on another machine. In a "
        "directory the file "
        "is called `custdkim-TIME.db`. It has mode 0600, takes its place in one step once all of it is "
        "written and was read "
        "again, and overwrites nothing. It is a SQLite database. Private keys in it are sealed; the master "
        "key is not in "
        "it, and belongs elsewhere.\n\n"
        "Example: custdkim backup /var/backups/custdkim");
}

void add_restore(CLI::App& program, Action& chosen) {
    const auto [verb, options] = usage::add_verb<RestoreOptions>(
        program, chosen, "restore", "Put a backup in the place of a store that is gone", restore);
    verb->add_option("FILE", options.backup, "The backup")->required();
    verb->add_option("--config", options.config, "The configuration of the service that it is for")
        ->type_name("FILE")
        ->capture_default_str();
    verb->add_option("--above", options.above,
                     "The highest serial that a secondary has; the new serials are above it, too")
        ->type_name("SERIAL")
        ->check(usage::whole_number(0, UINT32_MAX));
    verb->add_flag("--json", options.json,
                   "Print exactly one JSON document on standard output instead of text");
    verb->footer(
        "The service must not run: it is done where its configuration, the master key and `[store] url` are, "
        "as its user "
        "or as root. It overwrites nothing: where there is a store, even a broken one, that must be moved "
        "away first. It "
        "refuses what the service would refuse: a backup that is damaged, of another master key, of a newer "
        "schema, or "
        "with keys in a zone that the configuration does not name.\n\n"
        "The SOA serials leap ahead, by more than there can have been changes since. Labels that were issued "
        "since are not "
        "known, so from now on labels begin with a character that no label had, and none is issued twice. "
        "What else is "
        "lost it tells at the end; [operations.md](operations.md#backup-and-restore) has more.\n\n"
        "Example: custdkim restore /var/backups/custdkim/custdkim-20261123T041500Z.db");
}

}  // namespace

void add_backup_verbs(CLI::App& program, Action& chosen) {
    add_backup(program, chosen);
    add_restore(program, chosen);
}

}  // namespace custdkim::cli
