#include "cli/backup_commands.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <iostream>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "cli/config_problems.hpp"
#include "cli/interruption.hpp"
#include "cli/new_file.hpp"
#include "cli/private_memory.hpp"
#include "cli/progress.hpp"
#include "cli/reply.hpp"
#include "store/store_copy.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

// Something is there already: that is no wrong usage.
Exit exit_for_place(Errc code) { return code == Errc::conflict ? Exit::no : exit_for(code); }

// In a directory each backup has a name of its own.
std::filesystem::path file_for(const std::filesystem::path& target) {
    std::error_code error;
    if (!std::filesystem::is_directory(target, error)) return target;
    std::string at = format_rfc3339(SystemClock().now());
    at.erase(std::remove_if(at.begin(), at.end(), [](char c) { return c == '-' || c == ':'; }), at.end());
    return target / ("custdkim-" + at + ".db");
}

bool is_there(const std::filesystem::path& file) {
    struct stat found {};
    return ::lstat(file.c_str(), &found) == 0;
}

// Nothing; or the exit code of what has been told.
std::optional<int> fetch(const BackupOptions& options, NewFile& file, Progress& progress) {
    Result<void> written;
    progress.show("the service copies its store");
    const api::HttpStream stream{[&](std::string_view octets) {
                                     written = file.append(octets);
                                     return written && !Interruption::came();
                                 },
                                 [&](std::uint64_t taken, std::uint64_t of) {
                                     if (taken > 0) progress.show(size_text(taken) + " of " + size_text(of));
                                     return !Interruption::came();
                                 },
                                 600};  // for as long the service may copy before the first octet comes
    const auto answer = stream_api(options.access, "POST", "/v1/backup", stream);
    progress.clear();
    if (!answer) return fail(answer.error(), options.json);
    if (!written) return fail(written.error(), options.json);
    if (Interruption::came()) return Exit::unknown;
    if (answer->status == 200) return std::nullopt;
    const Reply refusal = read_reply(options.access, *answer);
    return refuse(refusal, options.json);
}

ordered_json zones_json(const std::vector<CopiedZone>& zones) {
    ordered_json list = ordered_json::array();
    for (const CopiedZone& zone : zones) {
        list.push_back({{"name", zone.name.text()}, {"serial", zone.serial}, {"keys", zone.keys}});
    }
    return list;
}

ordered_json contents_json(const std::string& file, const CopyContents& contents) {
    return {{"file", file},
            {"as_of", contents.as_of ? ordered_json(format_rfc3339(*contents.as_of)) : ordered_json(nullptr)},
            {"schema", contents.schema},
            {"keys", contents.keys},
            {"labels", contents.labels},
            {"events", contents.events},
            {"zones", zones_json(contents.zones)}};
}

std::string counts(const CopyContents& contents) {
    return std::to_string(contents.keys) + " keys, " + std::to_string(contents.labels) + " labels, " +
           std::to_string(contents.events) + " events" +
           (contents.as_of ? ", as of " + format_rfc3339(*contents.as_of) : std::string());
}

int finish(const BackupOptions& options, const std::filesystem::path& target, NewFile& file,
           Progress& progress) {
    progress.show("checking it");
    const auto contents = inspect_copy(file.name());
    progress.clear();
    if (Interruption::came()) return Exit::unknown;
    if (!contents) return fail(contents.error(), options.json);
    std::error_code error;
    const std::uint64_t octets = std::filesystem::file_size(file.name(), error);
    if (const auto placed = file.take_free_place(0600); !placed) {
        return fail(exit_for_place(placed.error().code), placed.error().detail, options.json);
    }
    if (options.json) {
        ordered_json document = contents_json(target.string(), *contents);
        document["octets"] = octets;
        print_json(document);
    } else {
        std::cout
            << target.string() << ": " << counts(*contents) << "; " << size_text(octets)
            << ", read again and whole.\n"
               "Private keys in it are sealed: without the master key, which is not in it, they are lost."
            << std::endl;
    }
    return Exit::done;
}

std::string in_words(const std::optional<Duration>& age) {
    return age ? format_duration(*age) + " ago" : std::string("at a time that it does not tell");
}

// A pair that is made is visible for `prepublish` before it signs, and its record stays for `retention` after
// that: so much is safe, whatever rotated since.
std::string about_mail(const Restoration& restoration) {
    const Duration age = restoration.age.value_or(Duration::max());
    if (age < restoration.prepublish) {
        return "- No pair that rotation made since has signed mail, for none was visible for " +
               format_duration(restoration.prepublish) + " yet. Rotation goes on.\n";
    }
    const std::string lost =
        "- Pairs that were made since may have signed mail: what is under way of that does not verify. Their "
        "private keys "
        "are lost.\n";
    if (age < restoration.retention) {
        return lost + "- What the keys sign with now was not withdrawn since: records stay for " +
               format_duration(restoration.retention) + " after the last signature.\n";
    }
    return lost +
           "- Records may have been replaced that keys sign with now: until caches forget the later ones, "
           "for the TTL and "
           "longer, mail may not verify. Deactivate such keys for so long if unsigned mail is better.\n";
}

}  // namespace

int backup(const BackupOptions& options) {
    const std::filesystem::path target = file_for(options.target);
    if (is_there(target)) return fail(Exit::no, already_there(target).detail, options.json);
    int code = Exit::done;
    {
        const Interruption interruption;
        auto file = NewFile::beside(target);
        if (!file) return fail(file.error(), options.json);
        Progress progress;
        const auto failed = fetch(options, *file, progress);
        code = failed ? *failed : finish(options, target, *file, progress);
    }
    if (Interruption::came()) Interruption::end();
    return code;
}

std::string restoration_text(const Restoration& restoration) {
    const Revived& revived = restoration.revived;
    std::string text = restoration.store.string() + " is restored: " + counts(revived.contents) + ".\n";
    for (const CopiedZone& zone : revived.contents.zones) {
        text += "Serial of " + zone.name.text() + ": " + std::to_string(zone.serial) +
                "; if a secondary has a higher one, restore again with --above.\n";
    }
    text += "\nThe backup was made " + in_words(restoration.age) + ". What happened since is lost:\n" +
            "- Keys created since are gone: their customers' CNAMEs lead nowhere, and what they signed does "
            "not verify. Nobody else gets their "
            "labels: new "
            "labels begin with '" +
            revived.label_prefix + "'.\n" +
            "- Orders given since must be given again: keys that were activated, deactivated, rotated, "
            "revoked or deleted "
            "are as they were. Begin with those that had leaked.\n" +
            about_mail(restoration) +
            "\nStart custdkim, then restart PowerDNS: it has lost its connections.\n";
    return text;
}

int restore(const RestoreOptions& options) {
    keep_memory_private();
    const auto config = load_config(options.config, options.json);
    if (!config) return Exit::wrong;
    const SystemClock clock;
    SystemRandom random;
    const auto restoration = custdkim::restore(*config, {options.backup, options.above}, clock, random);
    if (!restoration) {
        return fail(exit_for_place(restoration.error().code), restoration.error().detail, options.json);
    }
    if (options.json) {
        ordered_json document = contents_json(restoration->store.string(), restoration->revived.contents);
        document["label_prefix"] = restoration->revived.label_prefix;
        document["age_seconds"] =
            restoration->age ? ordered_json(restoration->age->count()) : ordered_json(nullptr);
        print_json(document);
    } else {
        std::cout << restoration_text(*restoration) << std::flush;
    }
    return Exit::done;
}

}  // namespace custdkim::cli
