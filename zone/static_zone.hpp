// An ordinary zone from a zone file, beside the key zones: SOA and NS are the file's own, and so is the
// serial. Any types, wildcards, delegations with glue, DNAMEs; empty non-terminals are found. Thread-safe:
// reload() swaps the contents in one step, readers go on with what they have.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "base/result.hpp"
#include "zone/served_zone.hpp"

namespace custdkim {

class StaticZone final : public ServedZone {
  public:
    // Refuses, with file and line: what cannot be read, records outside the zone, no SOA or two, an SOA below
    // the apex, no NS at the apex, a CNAME beside other data or at the apex, two CNAMEs or DNAMEs of a name.
    static Result<std::unique_ptr<StaticZone>> open(dns::Name name, std::filesystem::path file,
                                                    std::uint32_t id);
    ~StaticZone() override;

    // Reads the file again. The Error, which names file and line, leaves everything as it was. True if the
    // contents are others than before; then a serial that is not newer (RFC 1982) is a warning in the log.
    Result<bool> reload();

    const std::filesystem::path& file() const { return file_; }

    Serial serial() const override;
    std::size_t record_count() const override;
    void lookup(std::string_view relative, std::string_view type, RecordSink& sink) const override;
    void list(RecordSink& sink) const override;
    bool list_behind(std::string_view relative, RecordSink& sink) const override;
    std::optional<Neighbours> neighbours(std::string_view relative) const override;
    void set_hashing(std::optional<Hashing> hashing) override;

  private:
    struct View;  // what a reader sees: contents, serial, order of names
    StaticZone(dns::Name name, std::filesystem::path file, std::uint32_t id,
               std::shared_ptr<const View> view);
    std::shared_ptr<const View> view() const;
    void show(std::shared_ptr<const View> view);
    static void list_names(const View& seen, std::size_t from, RecordSink& sink);
    static Result<View> read(const dns::Name& name, const std::filesystem::path& file);

    const std::filesystem::path file_;
    std::mutex changing_;  // one reload() or set_hashing() at a time
    mutable std::shared_mutex mutex_;
    std::shared_ptr<const View> view_;  // never null
};

}  // namespace custdkim
