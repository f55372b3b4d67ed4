// A zone as PowerDNS asks about it: a key zone, derived from keys, or a static zone, read from a file.
// Thread-safe. Relative names are canonical and without the zone's: "s1.q7w2ka", "" for the apex.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dns/name.hpp"
#include "keys/serial.hpp"
#include "zone/hashing.hpp"
#include "zone/record_sink.hpp"

namespace custdkim {

// Where an NSEC or NSEC3 record stands (RFC 4034 section 6.1, RFC 5155 section 3): all relative names; with
// NSEC3, `before` and `after` are hashes in base32hex, lower case.
struct Neighbours {
    std::string owner;   // whose types the record at `before` tells
    std::string before;  // the last name that is at or before the one asked for
    std::string after;   // the first one behind it; the chain is a ring
};

class ServedZone {
  public:
    ServedZone(dns::Name name, std::uint32_t id) : name_(std::move(name)), id_(id) {}
    virtual ~ServedZone() = default;
    ServedZone(const ServedZone&) = delete;
    ServedZone& operator=(const ServedZone&) = delete;

    const dns::Name& name() const { return name_; }
    std::uint32_t id() const { return id_; }  // stable for ever
    virtual Serial serial() const = 0;
    virtual std::size_t record_count() const = 0;  // at least roughly

    // Records at `relative`, of `type` or all of them for "ANY". An empty non-terminal is a record without
    // type, on ANY only. Adds nothing for a name that is not there.
    virtual void lookup(std::string_view relative, std::string_view type, RecordSink& sink) const = 0;

    // The whole zone, SOA first. A change that comes while this runs may be in it or not.
    virtual void list(RecordSink& sink) const = 0;

    // What list() has behind `relative`, a name whose records it told before. False, and nothing, where those
    // are not there any more.
    virtual bool list_behind(std::string_view relative, RecordSink& sink) const = 0;

    // The link of the NSEC chain that covers `relative`, which need not be there, in logarithmic time: of
    // names in canonical order, or of their hashes while set_hashing() asks for it (then `relative` is a
    // hash). Nothing where the chain is empty or `relative` is no hash.
    virtual std::optional<Neighbours> neighbours(std::string_view relative) const = 0;

    // The order that neighbours() goes by; none is the canonical one. May take two seconds for a million
    // names, in which look-ups go on.
    virtual void set_hashing(std::optional<Hashing> hashing) = 0;

    // What PowerDNS last told the secondaries. Kept in memory: after a restart it tells them once more.
    Serial notified_serial() const { return notified_serial_; }
    void set_notified_serial(Serial serial) { notified_serial_ = serial; }

    // Counts what has changed, of all zones that share the counter: an answer is as good as new while it has
    // not moved. It is shared before anybody asks.
    using ChangeCounter = std::atomic<std::uint64_t>;
    void share_counter(std::shared_ptr<ChangeCounter> counter) { changes_ = std::move(counter); }

  protected:
    void count_change() { ++*changes_; }  // behind the change, once it can be seen

  private:
    const dns::Name name_;
    const std::uint32_t id_;
    std::shared_ptr<ChangeCounter> changes_ = std::make_shared<ChangeCounter>(0);
    std::atomic<Serial> notified_serial_ = 0;
};

}  // namespace custdkim
