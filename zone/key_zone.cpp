#include "zone/key_zone.hpp"

#include <pthread.h>

#include <mutex>

#include "keys/key_record.hpp"
#include "zone/hash_index.hpp"
#include "zone/label_index.hpp"
#include "zone/zone_contents.hpp"

namespace custdkim {

namespace {

// SOA timers for secondaries, as RIPE-203 recommends for stable zones but with a quicker refresh: a secondary
// that missed a NOTIFY should have the new key long before it signs.
constexpr std::string_view refresh_retry_expire = " 3600 900 1209600 ";

constexpr std::size_t batch_size = 256;

// Room to put names and contents together, so that an answer allocates nothing.
struct Scratch {
    std::string owner, content;
};

Scratch& scratch() {
    static thread_local Scratch mine;
    return mine;
}

// By default readers overtake a waiting writer, and enough of them would keep a new key out for ever. Nobody
// here takes the lock twice, which this kind does not allow.
void prefer_writers(std::shared_mutex& mutex) {
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    auto* const lock = static_cast<pthread_rwlock_t*>(mutex.native_handle());
    pthread_rwlock_destroy(lock);
    pthread_rwlock_init(lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
}

// What is made of the configuration is not the zone file's.
Result<void> check(const dns::Name& zone, const dns::Record& record) {
    if (record.type == "SOA") {
        return invalid("the SOA of " + zone.text() + " is made by custdkim; take it out of the zone file");
    }
    if (record.owner == zone && record.type == "NS") {
        return invalid("the name servers of " + zone.text() +
                       " belong into 'nameservers' in the configuration, not into the zone file");
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<KeyZone>> KeyZone::make(ZoneSettings settings, std::uint32_t id, Serial serial) {
    ZoneBuilder builder(settings.name);
    for (const dns::Record& record : settings.records) {
        if (const auto fine = check(settings.name, record); !fine) return fine.error();
        if (const auto added = builder.add(record); !added) return added.error();
    }
    auto statics = std::make_unique<const ZoneContents>(std::move(builder).finish());
    return std::unique_ptr<KeyZone>(new KeyZone(std::move(settings), id, serial, std::move(statics)));
}

KeyZone::KeyZone(ZoneSettings settings, std::uint32_t id, Serial serial,
                 std::unique_ptr<const ZoneContents> statics)
    : ServedZone(settings.name, id),
      settings_(std::move(settings)),
      soa_head_(settings_.nameservers.front().text() + ". " + settings_.hostmaster.text() + ". "),
      soa_tail_(std::string(refresh_retry_expire) + std::to_string(settings_.negative_ttl_seconds)),
      statics_(std::move(statics)),
      serial_(serial),
      labels_(std::make_unique<LabelIndex>()) {
    prefer_writers(mutex_);
}

KeyZone::~KeyZone() = default;

Serial KeyZone::serial() const {
    const std::shared_lock lock(mutex_);
    return serial_;
}

std::size_t KeyZone::label_count() const {
    const std::shared_lock lock(mutex_);
    return labels_->size();
}

void KeyZone::lookup(std::string_view relative, std::string_view type, RecordSink& sink) const {
    if (relative.empty()) {
        add_apex(type, sink);
    } else if (const ZoneName* const name = statics_->find(relative)) {
        add_static(*name, type, sink);
    } else {
        add_label(relative, type, sink);
    }
}

void KeyZone::add_apex(std::string_view type, RecordSink& sink) const {
    const std::string& apex = settings_.name.text();
    if (wants(type, "SOA")) sink.add({apex, "SOA", settings_.ttl_seconds, soa_content()});
    if (wants(type, "NS")) {
        for (const dns::Name& server : settings_.nameservers) {
            sink.add({apex, "NS", settings_.ttl_seconds, server.text() + "."});
        }
    }
    add_static(*statics_->find(""), type, sink);
}

void KeyZone::add_static(const ZoneName& name, std::string_view type, RecordSink& sink) const {
    add_records(name, type, settings_.ttl_seconds, chain_, sink);
}

void KeyZone::add_label(std::string_view relative, std::string_view type, RecordSink& sink) const {
    const std::size_t dot = relative.rfind('.');
    const bool is_label = dot == std::string_view::npos;
    if (!wants(type, is_label ? "" : "TXT")) return;
    const std::string_view label = is_label ? relative : relative.substr(dot + 1);

    const std::shared_lock lock(mutex_);
    const auto entry = labels_->find(label);
    if (!entry) return;
    if (is_label) {
        sink.add({owner(relative), "", settings_.ttl_seconds, ""});
    } else if (entry->selector == relative.substr(0, dot)) {
        add_key_record(relative, *entry, sink);
    }
}

void KeyZone::add_key_record(std::string_view relative, const LabelEntry& entry, RecordSink& sink) const {
    std::string& content = scratch().content;
    content.clear();
    append_key_record(content, entry.type, entry.content);
    sink.add({owner(relative), "TXT", settings_.ttl_seconds, content});
}

void KeyZone::list(RecordSink& sink) const {
    add_apex("ANY", sink);
    list_statics(1, sink);
    list_labels("", sink);
}

bool KeyZone::list_behind(std::string_view relative, RecordSink& sink) const {
    if (const ZoneName* const name = statics_->find(relative)) {
        list_statics(static_cast<std::size_t>(name - statics_->names().data()) + 1, sink);
        list_labels("", sink);
        return true;
    }
    const std::string_view label = relative.substr(relative.rfind('.') + 1);
    {
        const std::shared_lock lock(mutex_);
        const auto entry = labels_->find(label);
        if (!entry || std::string(entry->selector) + "." + std::string(label) != relative) return false;
    }
    list_labels(label, sink);
    return true;
}

// Nobody but a signer with NSEC3 cares for empty non-terminals.
void KeyZone::list_statics(std::size_t from, RecordSink& sink) const {
    for (std::size_t i = from; i < statics_->names().size(); ++i) {
        const ZoneName& name = statics_->names()[i];
        if (chain_ != Chain::nsec || !name.is_empty_non_terminal()) add_static(name, "ANY", sink);
    }
}

void KeyZone::list_labels(std::string_view behind, RecordSink& sink) const {
    const bool hashed = chain_ != Chain::nsec;
    std::string last(behind);
    std::size_t count = batch_size;
    while (count == batch_size && !sink.is_full()) {
        {
            const std::shared_lock lock(mutex_);
            count = labels_->for_each_after(
                last, batch_size, [&](const std::string& label, const LabelEntry& entry) {
                    if (hashed) sink.add({owner(label), "", settings_.ttl_seconds, ""});
                    add_key_record(std::string(entry.selector) + "." + label, entry, sink);
                    last = label;
                });
        }
        sink.between_batches();
    }
}

void KeyZone::publish(const Key& key, Serial serial) {
    const std::unique_lock lock(mutex_);
    put(key);
    serial_ = serial;
    count_change();
}

void KeyZone::load(const Key& key) {
    const std::unique_lock lock(mutex_);
    put(key);
    count_change();
}

void KeyZone::withdraw(const Key& key, Serial serial) {
    const std::unique_lock lock(mutex_);
    for (const Slot& slot : key.slots) erase(slot.label);
    serial_ = serial;
    count_change();
}

bool KeyZone::is_reserved(std::string_view label) const {
    return !label.empty() && dns::parent(label).empty() && statics_->find(label);
}

// Valid until the next record is put together.
std::string_view KeyZone::soa_content() const {
    std::string& content = scratch().content;
    content.assign(soa_head_);
    content += std::to_string(serial());
    content += soa_tail_;
    return content;
}

std::string_view KeyZone::owner(std::string_view relative) const {
    std::string& name = scratch().owner;
    name.assign(relative);
    name += '.';
    name += settings_.name.text();
    return name;
}

}  // namespace custdkim
