#include "zone/static_zone.hpp"

#include <charconv>

#include "base/log.hpp"
#include "dns/canonical_order.hpp"
#include "dns/zone_file.hpp"
#include "zone/hash_index.hpp"
#include "zone/zone_contents.hpp"

namespace custdkim {

struct StaticZone::View {
    std::shared_ptr<const ZoneContents> contents;
    Serial serial = 0;
    std::uint32_t negative_ttl_seconds = 0;
    std::optional<Hashing> hashing = std::nullopt;
    std::shared_ptr<const HashIndex> hashes = nullptr;  // if there is hashing

    Chain chain() const { return chain_of(hashing); }
    void hash(const dns::Name& zone, std::optional<Hashing> by);
};

void StaticZone::View::hash(const dns::Name& zone, std::optional<Hashing> by) {
    hashing = std::move(by);
    hashes = nullptr;
    if (!hashing) return;
    const auto index = std::make_shared<HashIndex>(*hashing, zone);
    put_listed(*index, *contents, chain());
    hashes = index;
}

namespace {

struct Soa {
    Serial serial = 0;
    std::uint32_t minimum_seconds = 0;
};

// "mname rname serial refresh retry expire minimum", as the zone file's reader writes it.
Soa parse_soa(std::string_view content) {
    const auto number = [](std::string_view text) {
        std::uint32_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    const std::size_t serial = content.find(' ', content.find(' ') + 1) + 1;
    return {number(content.substr(serial)), number(content.substr(content.rfind(' ') + 1))};
}

class Loader {
  public:
    explicit Loader(const dns::Name& zone) : zone_(zone), builder_(zone) {}

    Result<void> add(dns::Record record) {
        const bool is_apex = record.owner == zone_;
        if (record.type == "SOA") {
            if (!is_apex) return invalid("an SOA stands at the apex only, " + zone_.text());
            if (soa_) return invalid("a second SOA");
            soa_ = parse_soa(record.content);
        }
        if (record.type == "NS" && is_apex) has_nameserver_ = true;
        return builder_.add(std::move(record));
    }

    Result<Soa> check(const std::filesystem::path& file) const {
        if (!soa_) return invalid(file.string() + ": there is no SOA of " + zone_.text());
        if (!has_nameserver_) return invalid(file.string() + ": there are no NS records of " + zone_.text());
        return *soa_;
    }

    ZoneContents finish() { return std::move(builder_).finish(); }

  private:
    const dns::Name& zone_;
    ZoneBuilder builder_;
    std::optional<Soa> soa_;
    bool has_nameserver_ = false;
};

// SOA first.
void add_apex(const ZoneName& apex, RecordSink& sink) {
    add_records(apex, "SOA", 0, Chain::nsec, sink);
    ZoneName others = apex;
    std::erase_if(others.records, [](const ZoneRecord& record) { return record.type == "SOA"; });
    add_records(others, "ANY", 0, Chain::nsec, sink);
}

}  // namespace

Result<StaticZone::View> StaticZone::read(const dns::Name& name, const std::filesystem::path& file) {
    Loader loader(name);
    const auto read = dns::each_zone_record(
        file, name, [&loader](dns::Record record) { return loader.add(std::move(record)); });
    if (!read) return read.error();
    const auto soa = loader.check(file);
    if (!soa) return soa.error();
    return View{std::make_shared<const ZoneContents>(loader.finish()), soa->serial, soa->minimum_seconds};
}

StaticZone::StaticZone(dns::Name name, std::filesystem::path file, std::uint32_t id,
                       std::shared_ptr<const View> view)
    : ServedZone(std::move(name), id), file_(std::move(file)), view_(std::move(view)) {}

StaticZone::~StaticZone() = default;

Result<std::unique_ptr<StaticZone>> StaticZone::open(dns::Name name, std::filesystem::path file,
                                                     std::uint32_t id) {
    auto view = read(name, file);
    if (!view) return view.error();
    auto shared = std::make_shared<const View>(std::move(*view));
    return std::unique_ptr<StaticZone>(
        new StaticZone(std::move(name), std::move(file), id, std::move(shared)));
}

Result<bool> StaticZone::reload() {
    const std::lock_guard one_at_a_time(changing_);
    auto fresh = read(name(), file_);
    if (!fresh) return fresh.error();
    const auto before = view();
    if (*fresh->contents == *before->contents) return false;
    if (!is_newer(fresh->serial, before->serial)) {
        log_warning(
            "a zone file has changed but its serial is not newer; secondaries will not fetch the zone",
            {{"zone", name().text()},
             {"file", file_.string()},
             {"serial", fresh->serial},
             {"before", before->serial}});
    }
    fresh->hash(name(), before->hashing);
    show(std::make_shared<const View>(std::move(*fresh)));
    return true;
}

std::shared_ptr<const StaticZone::View> StaticZone::view() const {
    const std::shared_lock lock(mutex_);
    return view_;
}

void StaticZone::show(std::shared_ptr<const View> view) {
    {
        const std::unique_lock lock(mutex_);
        view_.swap(view);  // the old one is taken apart without the lock
    }
    count_change();
}

Serial StaticZone::serial() const { return view()->serial; }

std::size_t StaticZone::record_count() const { return view()->contents->record_count(); }

void StaticZone::lookup(std::string_view relative, std::string_view type, RecordSink& sink) const {
    const auto seen = view();
    const ZoneName* const found = seen->contents->find(relative);
    if (!found) return;
    add_records(*found, type, seen->negative_ttl_seconds, seen->chain(), sink);
}

void StaticZone::list(RecordSink& sink) const {
    const auto seen = view();
    add_apex(seen->contents->names().front(), sink);
    list_names(*seen, 1, sink);
}

bool StaticZone::list_behind(std::string_view relative, RecordSink& sink) const {
    const auto seen = view();
    const ZoneName* const found = seen->contents->find(relative);
    if (!found) return false;
    list_names(*seen, static_cast<std::size_t>(found - seen->contents->names().data()) + 1, sink);
    return true;
}

void StaticZone::list_names(const View& seen, std::size_t from, RecordSink& sink) {
    constexpr std::size_t batch_size = 256;
    const Chain chain = seen.chain();
    const auto& names = seen.contents->names();
    for (std::size_t i = from; i < names.size() && !sink.is_full(); ++i) {
        if (chain != Chain::nsec || !names[i].is_empty_non_terminal()) {
            add_records(names[i], "ANY", seen.negative_ttl_seconds, chain, sink);
        }
        if (i % batch_size == 0) sink.between_batches();
    }
    sink.between_batches();
}

std::optional<Neighbours> StaticZone::neighbours(std::string_view relative) const {
    const auto seen = view();
    const ZoneContents& contents = *seen->contents;
    if (seen->hashes) {
        const auto hash = parse_hash(relative);
        const auto link = hash ? seen->hashes->around(*hash) : std::nullopt;
        if (!link) return std::nullopt;
        return Neighbours{std::string(contents.relative(listed_name(contents, link->owner))),
                          to_text(link->before), to_text(link->after)};
    }
    const auto around = contents.around(dns::order_key(relative));
    const std::string before(contents.relative(*around.before));
    return Neighbours{before, before, std::string(around.after ? contents.relative(*around.after) : "")};
}

void StaticZone::set_hashing(std::optional<Hashing> hashing) {
    const std::lock_guard one_at_a_time(changing_);
    View changed = *view();
    changed.hash(name(), std::move(hashing));
    show(std::make_shared<const View>(std::move(changed)));
}

}  // namespace custdkim
