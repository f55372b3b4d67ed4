#include "dns/zone_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"
#include "dns/record_types.hpp"
#include "dns/zone_generate.hpp"
#include "dns/zone_lexer.hpp"

namespace custdkim::dns {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_octets = 64 << 20, max_records = 2'000'000;
constexpr int max_depth = 8;
constexpr std::uint32_t max_ttl =
    4294967295;  // what fits; RFC 2181 section 8 is for those who serve the records

bool equals(std::string_view word, std::string_view upper) {
    return std::equal(word.begin(), word.end(), upper.begin(), upper.end(),
                      [](char a, char b) { return to_upper(a) == b; });
}

bool is_absolute(std::string_view name) {
    if (!name.ends_with('.')) return false;
    std::size_t backslashes = 0;
    while (backslashes + 1 < name.size() && name[name.size() - 2 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 0;
}

std::string absolute(std::string_view name, const std::string& origin) {
    if (name == "@") return origin;
    std::string text(name);
    if (is_absolute(name)) return text;
    return text + (origin == "." ? "." : "." + origin);
}

// "3600", "1h30m": nothing if it is no TTL.
std::optional<std::uint64_t> parse_ttl(std::string_view word) {
    std::uint64_t total = 0, number = 0;
    bool has_digit = false;
    for (const char c : word) {
        if (c >= '0' && c <= '9') {
            number = std::min<std::uint64_t>(number * 10 + static_cast<unsigned>(c - '0'), 1ULL << 40);
            has_digit = true;
            continue;
        }
        const std::size_t unit = std::string_view("SMHDW").find(to_upper(c));
        if (!has_digit || unit == std::string_view::npos) return std::nullopt;
        constexpr std::uint64_t seconds[] = {1, 60, 3600, 86400, 604800};
        total += number * seconds[unit];
        number = 0;
        has_digit = false;
    }
    if (word.empty() || word.front() < '0' || word.front() > '9') return std::nullopt;
    return std::min<std::uint64_t>(total + number, 1ULL << 40);
}

Result<std::string> read_file(const fs::path& file, std::size_t max_size) {
    // Without O_NONBLOCK, opening a FIFO waits for somebody to write into it.
    const Descriptor open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (open.get() < 0 || ::fstat(open.get(), &status) != 0) {
        return invalid(file.string() + ": cannot be read: " + std::strerror(errno));
    }
    if (S_ISDIR(status.st_mode)) return invalid(file.string() + ": is a directory");
    if (!S_ISREG(status.st_mode)) return invalid(file.string() + ": is not a file");
    std::string text;
    char block[65536];
    for (ssize_t got = 1; got > 0 && text.size() <= max_size;) {
        got = ::read(open.get(), block, sizeof block);
        if (got < 0) return invalid(file.string() + ": cannot be read: " + std::strerror(errno));
        text.append(block, static_cast<std::size_t>(got));
    }
    if (text.size() > max_size)
        return invalid(file.string() + ": is larger than a zone file may be, 64 MiB in all");
    return text;
}

class Reader {
  public:
    Reader(const ZoneReading& reading, const ZoneRecordVisitor& visitor)
        : visitor_(visitor), ttl_(reading.default_ttl_seconds), follows_stated_(!ttl_) {}

    Result<void> read_file_at(const fs::path& file, const std::string& origin, int depth);
    Result<void> read_text(std::string_view text, const fs::path& where, bool may_include, std::string origin,
                           int depth);

  private:
    using Words = std::vector<std::string_view>;
    // What a file has for itself; an included one does not change it for the one that includes.
    struct Place {
        const fs::path& file;
        const bool may_include;
        const int depth;
        std::string origin, owner;
    };

    Result<void> take(const ZoneEntryWords& entry, Place& place);
    Result<void> take_directive(const Words& words, Place& place);
    Result<void> include(const Words& words, const Place& place);
    Result<void> generate_records(const Words& words, Place& place);
    Result<void> take_record(bool has_owner, const Words& words, Place& place);

    const ZoneRecordVisitor& visitor_;
    std::optional<std::uint32_t> ttl_;
    bool follows_stated_;
    std::size_t octets_ = 0, records_ = 0;
    bool is_located_ = false;  // the Error on its way up names file and line
};

Result<void> Reader::read_file_at(const fs::path& file, const std::string& origin, int depth) {
    const auto text = read_file(file, max_octets - octets_);
    if (!text) {
        is_located_ = depth == 0;
        return text.error();
    }
    octets_ += text->size();
    return read_text(*text, file, true, origin, depth);
}

Result<void> Reader::read_text(std::string_view text, const fs::path& where, bool may_include,
                               std::string origin, int depth) {
    ZoneLexer lexer(text);
    Place place{where, may_include, depth, origin, origin};
    const auto located = [&](int line, Error error) {
        if (!is_located_) error.detail = where.string() + ":" + std::to_string(line) + ": " + error.detail;
        is_located_ = true;
        return error;
    };
    for (;;) {
        const auto entry = lexer.next();
        if (!entry) return located(lexer.line(), entry.error());
        if (!*entry) return {};
        if (const auto taken = take(**entry, place); !taken) return located((*entry)->line, taken.error());
    }
}

Result<void> Reader::take(const ZoneEntryWords& entry, Place& place) {
    const bool is_directive = !entry.is_indented && entry.words.front().starts_with('$');
    return is_directive ? take_directive(entry.words, place)
                        : take_record(!entry.is_indented, entry.words, place);
}

Result<void> Reader::take_directive(const Words& words, Place& place) {
    const std::string_view argument = words.size() > 1 ? words[1] : "";
    if (equals(words[0], "$ORIGIN")) {
        if (!is_absolute(argument))
            return invalid("$ORIGIN needs an absolute name, one with a dot at its end");
        place.origin = argument;
        return {};
    }
    if (equals(words[0], "$TTL")) {
        const auto ttl = parse_ttl(argument);
        if (!ttl || *ttl > max_ttl) return invalid("$TTL needs a number of seconds, 4294967295 at most");
        ttl_ = static_cast<std::uint32_t>(*ttl);
        follows_stated_ = false;
        return {};
    }
    if (equals(words[0], "$INCLUDE")) return include(words, place);
    if (equals(words[0], "$GENERATE")) return generate_records(words, place);
    return invalid(std::string(words[0]) +
                   " is not a directive; there are $ORIGIN, $TTL, $INCLUDE and $GENERATE");
}

Result<void> Reader::include(const Words& words, const Place& place) {
    if (!place.may_include) return invalid("$INCLUDE is not supported here");
    if (words.size() < 2 || words.size() > 3)
        return invalid("$INCLUDE needs a file, and may have an origin behind it");
    std::string_view named = words[1];
    if (named.size() >= 2 && named.starts_with('"')) named = named.substr(1, named.size() - 2);
    if (place.depth >= max_depth)
        return invalid("$INCLUDE is nested more than 8 deep; does a file include itself?");
    // With what links lead to: a link out of the directory is as far out as "..".
    std::error_code ignored;
    const fs::path folder = fs::weakly_canonical(fs::absolute(place.file, ignored).parent_path(), ignored);
    const fs::path file = fs::weakly_canonical(folder / named, ignored);
    const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
    if (fs::path(named).is_absolute() || end != folder.end() || file == folder) {
        return invalid("$INCLUDE " + std::string(named) + " is not below " + folder.string() +
                       "; give the file there, relative to the one that includes it");
    }
    return read_file_at(place.file.parent_path() / named,
                        words.size() == 3 ? absolute(words[2], place.origin) : place.origin, place.depth + 1);
}

Result<void> Reader::generate_records(const Words& words, Place& place) {
    if (words.size() < 5) return invalid("$GENERATE needs a range, an owner, a type and data");
    const auto range = parse_generate_range(words[1]);
    if (!range) return range.error();
    for (std::int64_t number = range->first; number <= range->last; number += range->step) {
        std::vector<std::string> made;
        for (std::size_t i = 2; i < words.size(); ++i) {
            auto word = generate(words[i], number);
            if (!word) return word.error();
            made.push_back(std::move(*word));
        }
        if (const auto taken = take_record(true, Words(made.begin(), made.end()), place); !taken)
            return taken.error();
    }
    return {};
}

Result<void> Reader::take_record(bool has_owner, const Words& words, Place& place) {
    auto word = words.begin();
    if (has_owner) place.owner = absolute(*word++, place.origin);
    std::optional<std::uint32_t> stated;
    for (bool has_class = false; word != words.end(); ++word) {
        const auto ttl = parse_ttl(*word);
        if (ttl && !stated) {
            if (*ttl > max_ttl) return invalid("a TTL has 4294967295 seconds at most");
            stated = static_cast<std::uint32_t>(*ttl);
        } else if (equals(*word, "IN") && !has_class) {
            has_class = true;
        } else {
            break;
        }
    }
    if (word == words.end()) return invalid("a record needs a type");
    for (const std::string_view other : {"CH", "HS", "CS", "ANY", "NONE"}) {
        if (equals(*word, other)) return invalid("only class IN is served");
    }
    if (stated && follows_stated_) ttl_ = stated;
    if (!stated && !ttl_)
        return invalid("a record needs a TTL: its own, that of $TTL, or that of a record before it");
    if (++records_ > max_records) return invalid("a zone has 2000000 records at most");
    ZoneRecordText record{
        place.owner, stated.value_or(ttl_.value_or(0)), std::string(*word), {}, place.origin};
    while (++word != words.end()) {
        // ldns takes it for octets wherever it stands, and the rest of the record for anything.
        if (word->starts_with("\\#") && !(record.data.empty() && *word == "\\#")) {
            return invalid(
                "\\# stands in front of all data of a record, followed by a space; put a string that "
                "begins so into quotes");
        }
        record.data.append(record.data.empty() ? "" : " ").append(*word);
    }
    return visitor_(record);
}

}  // namespace

Result<void> read_zone_records(const std::filesystem::path& file, const ZoneReading& reading,
                               const ZoneRecordVisitor& visitor) {
    return Reader(reading, visitor).read_file_at(file, reading.origin, 0);
}

Result<void> read_zone_records(std::string_view text, std::string_view where, const ZoneReading& reading,
                               const ZoneRecordVisitor& visitor) {
    return Reader(reading, visitor).read_text(text, fs::path(where), false, reading.origin, 0);
}

}  // namespace custdkim::dns
