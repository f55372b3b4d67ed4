#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <functional>
#include <set>

#include "cli/zone_line.hpp"
#include "dns/canonical_order.hpp"
#include "dns/zone_file.hpp"
#include "support/temporary_directory.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/targets.hpp"
#include "zone/key_zone.hpp"
#include "zone/static_zone.hpp"

namespace custdkim::test {

namespace {

const dns::Name& origin() {
    static const dns::Name name = dns::Name::parse("example.net").value();
    return name;
}

struct KeptRecord {
    std::string owner, type, content;
    std::uint32_t ttl_seconds = 0;
    bool is_authoritative = true;

    bool operator==(const KeptRecord&) const = default;
};

class KeptRecords final : public RecordSink {
  public:
    void add(const RecordView& record) override {
        all.push_back({std::string(record.owner), std::string(record.type), std::string(record.content),
                       record.ttl_seconds, record.is_authoritative});
    }
    std::vector<KeptRecord> all;
};

std::vector<KeptRecord> look_up(const ServedZone& zone, std::string_view relative, std::string_view type) {
    KeptRecords found;
    zone.lookup(relative, type, found);
    return found.all;
}

bool has(const std::vector<KeptRecord>& records, const KeptRecord& wanted) {
    return std::find(records.begin(), records.end(), wanted) != records.end();
}

// What is listed can be looked up, and every name above it is there, if only as an empty non-terminal.
void check_listed(const ServedZone& zone, const KeptRecord& record, std::string_view relative) {
    must(has(look_up(zone, relative, "ANY"), record), "what is listed is found by ANY", record.owner);
    must(record.type.empty() || has(look_up(zone, relative, record.type), record),
         "what is listed is found by its type", record.owner);
    for (std::string_view up = relative; !up.empty(); up = dns::parent(up)) {
        must(!look_up(zone, up, "ANY").empty(), "above a name are names", record.owner);
    }
}

Neighbours neighbours_of(const ServedZone& zone, std::string_view relative) {
    const auto found = zone.neighbours(relative);
    must(found.has_value(), "a zone has a chain", relative);
    return *found;
}

// The chain of NSEC records leads from the apex through every name in canonical order, and back.
std::set<std::string> walk_chain(const ServedZone& zone, std::size_t records) {
    std::set<std::string> linked;
    std::string at;
    do {
        const Neighbours link = neighbours_of(zone, at);
        must(link.before == at && link.owner == at, "a link begins at its owner", at);
        must(linked.insert(at).second && linked.size() <= records, "a chain is a ring", at);
        must(link.after.empty() || dns::order_key(at) < dns::order_key(link.after), "a chain is in order",
             at);
        at = link.after;
    } while (!at.empty());
    return linked;
}

void check_between(const ServedZone& zone, const std::set<std::string>& linked, const std::string& name) {
    const Neighbours link = neighbours_of(zone, name);
    const std::string order = dns::order_key(name);
    must(linked.contains(link.before) && dns::order_key(link.before) <= order, "what is before is before",
         name);
    must(linked.contains(link.after) && (link.after.empty() || order < dns::order_key(link.after)),
         "what is after is after", name);
}

// The chain of NSEC3 records goes through the hashes in their order, which has one place where it starts
// over.
void check_hashed_chain(ServedZone& zone, std::size_t linked) {
    const Hashing hashing{1, "\xaa\xbb", false};
    zone.set_hashing(hashing);
    const std::string apex = to_text(hash_name(hashing, zone.name()));
    std::string at = apex;
    std::size_t seen = 0, starts_over = 0;
    do {
        const Neighbours link = neighbours_of(zone, at);
        must(link.before == at, "a link begins at its hash", at);
        const auto owner = dns::Name::parse(link.owner.empty() ? zone.name().text() + "."
                                                               : link.owner + "." + zone.name().text() + ".");
        must(owner && to_text(hash_name(hashing, *owner)) == at, "a hash is that of its owner", link.owner);
        starts_over += link.after <= at ? 1 : 0;
        ++seen;
        at = link.after;
    } while (at != apex && starts_over < 2);
    must(starts_over == 1 && seen >= linked, "hashes are in order, and of every name with records", at);
    zone.set_hashing(std::nullopt);
}

void check_zone(ServedZone& zone) {
    KeptRecords listed;
    zone.list(listed);
    must(!listed.all.empty() && listed.all.front().type == "SOA", "a zone begins with its SOA");
    must(std::count_if(listed.all.begin(), listed.all.end(),
                       [](const KeptRecord& record) { return record.type == "SOA"; }) == 1,
         "a zone has one SOA");
    const auto linked = walk_chain(zone, listed.all.size());
    for (const KeptRecord& record : listed.all) {
        const auto relative = dns::relative_to(record.owner, zone.name().text());
        must(relative.has_value(), "what is listed is in the zone", record.owner);
        check_listed(zone, record, *relative);
        must(!record.is_authoritative || record.type.empty() || linked.contains(std::string(*relative)),
             "what is authoritative is in the chain", record.owner);
        const std::string below = relative->empty() ? "" : "." + std::string(*relative);
        for (const char* const label : {"0", "zz", "\\000", "\\255"})
            check_between(zone, linked, label + below);
    }
    check_hashed_chain(zone, linked.size());
}

std::string written(const dns::Record& record) {
    std::string line;
    cli::append_zone_line(line, record.owner.text(), record.ttl_seconds, record.type, record.content);
    return line;
}

std::vector<dns::Record> read_written(const dns::Record& record) {
    const std::string line = written(record);
    must(line.find('\n') == line.size() - 1, "a record is one line", line);
    const auto again = dns::read_zone_text(line, "again", origin(), 0);
    must(again && again->size() == 1, "a record that is written can be read",
         line + (again ? "" : ": " + again.error().detail));
    return *again;
}

// Each record as a line of a zone file, read again and again. ldns takes some nonsense, such as hexadecimal
// digits amid a record, and writes that in another way; but then no more.
void check_written(const std::vector<dns::Record>& records) {
    constexpr std::size_t longest_owner = 250;  // that ldns reads; escapes count in full
    for (const dns::Record& record : records) {
        if (written(record).find(' ') > longest_owner) continue;
        const dns::Record again = read_written(record).front();
        must(again.owner == record.owner && again.type == record.type &&
                 again.ttl_seconds == record.ttl_seconds,
             "a record is written as it is read",
             record.owner.text() + " " + std::to_string(record.ttl_seconds) + " " + record.type + ", then " +
                 again.owner.text() + " " + std::to_string(again.ttl_seconds) + " " + again.type);
        must(read_written(again).front() == again, "a record stays what it is", again.content);
    }
}

void check_key_zone(const std::vector<dns::Record>& records) {
    ZoneSettings settings;
    settings.name = origin();
    settings.nameservers = {origin()};
    settings.hostmaster = origin();
    settings.records = records;
    if (const auto zone = KeyZone::make(std::move(settings), 1, 1)) check_zone(**zone);
}

void check_static_zone(std::string_view text) {
    static const TemporaryDirectory directory;
    static const std::filesystem::path file = directory / "zone";
    std::ofstream(file, std::ios::binary) << text;
    if (const auto zone = StaticZone::open(origin(), file, 1)) check_zone(**zone);
}

// A $GENERATE of a hundred lines or more tells nothing that one of ten does not, and takes as long as a
// thousand inputs.
bool generates_many(std::string_view text) {
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    std::size_t digits = 0;
    for (std::size_t i = upper.find("$GENERATE"); i < upper.size() && digits < 3; ++i) {
        digits = upper[i] >= '0' && upper[i] <= '9' ? digits + 1 : 0;
    }
    return digits == 3;
}

}  // namespace

void try_zone_file(std::span<const std::uint8_t> input) {
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    if (generates_many(text)) return;
    const auto records = dns::read_zone_text(text, "zone", origin(), 3600);
    if (!records) {
        must(records.error().detail.starts_with("zone:"), "what cannot be read is told with its line", text);
        return;
    }
    constexpr std::size_t most = 32;  // what follows looks at each beside all others
    if (records->size() > most) return;
    check_written(*records);
    if (std::hash<std::string_view>{}(text) % 16 != 0)
        return;  // ten times as dear as all of the above, and seldom news
    check_key_zone(*records);
    if (std::any_of(records->begin(), records->end(), [](const dns::Record& r) { return r.type == "SOA"; })) {
        check_static_zone(text);  // of a file, which takes longer
    }
}

std::vector<std::string> zone_file_seeds() {
    constexpr std::string_view head = "@ 3600 IN SOA ns1 hostmaster 1 3600 900 1209600 300\n@ NS ns1\n";
    const std::vector<std::string> bodies{
        "ns1 A 192.0.2.1\n",
        "$TTL 600\n$ORIGIN sub.example.net.\na.b IN AAAA ::2 ; a comment\n\t60 TXT \"semi;colon\" \"a "
        "\\\"q\\\"\"\n",
        "mail MX ( 10\n  mail )\n_sip._tcp SRV 1 2 5060 ns1\nout CNAME www.example.org.\n*.wild TXT any\n",
        "wide NS ns1.wide\nns1.wide A 192.0.2.5\nsafe NS ns1\nsafe DS 29051 13 2 "
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\na.b.c.d TXT deep\n",
        "x TYPE65280 \\# 3 0a0b0c\nold DNAME new\n@ CAA 0 issue \"ca.example.net\"\n"
        "t SSHFP 1 1 0123456789abcdef0123456789abcdef01234567\n",
        "a\\.b\\032c TXT \"\\001\\255\" \"back\\\\slash\"\nh HTTPS 1 . alpn=h2 port=443\nl ALIAS "
        "www.example.org.\n",
        "$GENERATE 1-3 host$ A 192.0.2.$\n$GENERATE 0-6/2 p${10,3,x} PTR host$\n",
    };
    std::vector<std::string> seeds;
    for (const std::string& body : bodies) {
        seeds.push_back(body);
        seeds.push_back(std::string(head) + body);
    }
    return seeds;
}

}  // namespace custdkim::test
