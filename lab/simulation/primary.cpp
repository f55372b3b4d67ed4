#include "lab/simulation/primary.hpp"

#include "lab/simulation/key_book.hpp"

namespace custdkim::lab {

namespace {

// The one TXT of a name.
struct OneRecord final : RecordSink {
    std::string content;
    void add(const RecordView& record) override { content = record.content; }
};

dns::Name name_of(const char* text) { return dns::Name::parse(text).value(); }

}  // namespace

Result<void> Primary::open(const StoredZone& stored, Serial serial) {
    ZoneSettings settings;
    settings.name = stored.name;
    settings.nameservers = {name_of("ns1.example.net")};
    settings.hostmaster = name_of("hostmaster.example.net");
    auto zone = KeyZone::make(std::move(settings), stored.id, serial);
    if (!zone) return zone.error();
    zone_ = std::move(*zone);
    load_changed_records_ = false;
    return {};
}

void Primary::load(const Key& key) {
    zone_->load(key);
    load_changed_records_ = show(key) || load_changed_records_;
}

void Primary::show_loaded() { announce(zone_->serial(), load_changed_records_); }

void Primary::publish(const Key& key, Serial serial) {
    zone_->publish(key, serial);
    announce(serial, show(key));
}

void Primary::withdraw(const Key& key, Serial serial) {
    zone_->withdraw(key, serial);
    announce(serial, show(key));
}

bool Primary::show(const Key& key) {
    const KeyNumber number = KeyBook::number_of(key);
    bool changed = false;
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        OneRecord record;
        zone_->lookup(key.slots[position].selector + "." + key.slots[position].label, "TXT", record);
        const SlotNumber slot = slot_number(number, position);
        Content content = content_of_record(record.content);
        if (content == revoked && deletes_revoked_) content = absent;
        changed = changed || shown_[slot] != content;
        shown_[slot] = content;
        servers_.publish(slot, content, clock_.true_now());
    }
    return changed;
}

void Primary::announce(Serial serial, bool changes_records) {
    servers_.set_serial(serial);
    listener_({serial, changes_records});
}

}  // namespace custdkim::lab
