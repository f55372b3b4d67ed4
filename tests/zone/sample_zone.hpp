// A key zone to look things up in, and a sink that keeps what comes out of it.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "dns/zone_file.hpp"
#include "support/sample_keys.hpp"
#include "zone/key_zone.hpp"

namespace custdkim::test {

inline constexpr std::uint32_t sample_ttl = 300;

// "owner ttl type content", as one line of a zone file; the type of an empty non-terminal is "-", and what is
// not authoritative has "; glue" at its end.
class Lines final : public RecordSink {
  public:
    void add(const RecordView& record) override {
        if (lines.size() > 100000) throw std::length_error("the list does not end");
        lines.push_back(std::string(record.owner) + " " + std::to_string(record.ttl_seconds) + " " +
                        (record.type.empty() ? "-" : std::string(record.type)) +
                        (record.content.empty() ? "" : " " + std::string(record.content)) +
                        (record.is_authoritative ? "" : " ; glue"));
    }
    void between_batches() override { ++batches; }

    std::vector<std::string> lines;
    int batches = 0;
};

using Answer = std::vector<std::string>;

inline ZoneSettings sample_settings(std::string_view zone_file = "") {
    ZoneSettings settings;
    settings.name = name("custdkim.example.net");
    settings.nameservers = {name("ns1.example.net"), name("ns2.example.org")};
    settings.hostmaster = name("hostmaster.example.net");
    settings.ttl_seconds = sample_ttl;
    settings.negative_ttl_seconds = 60;
    settings.records = dns::read_zone_text(zone_file, "test", settings.name, 3600).value();
    return settings;
}

inline std::unique_ptr<KeyZone> sample_zone(std::string_view zone_file = "", Serial serial = 1000) {
    return KeyZone::make(sample_settings(zone_file), 7, serial).value();
}

inline Answer ask(const ServedZone& zone, std::string_view relative, std::string_view type) {
    Lines sink;
    zone.lookup(relative, type, sink);
    return sink.lines;
}

// What the slot's TXT is expected to look like, made from first principles and not by the product.
inline std::string txt_line(const Slot& slot, KeyType type, const Pair& pair) {
    std::string text = "v=DKIM1; k=" + std::string(type == KeyType::ed25519 ? "ed25519" : "rsa") +
                       "; p=" + to_base64(pair.public_key);
    std::string content;
    for (; !text.empty(); text.erase(0, 255)) {
        content += (content.empty() ? "\"" : " \"") + text.substr(0, 255) + "\"";
    }
    return slot.selector + "." + slot.label + ".custdkim.example.net " + std::to_string(sample_ttl) +
           " TXT " + content;
}

inline std::string soa_line(Serial serial) {
    return "custdkim.example.net 300 SOA ns1.example.net. hostmaster.example.net. " + std::to_string(serial) +
           " 3600 900 1209600 60";
}

}  // namespace custdkim::test
