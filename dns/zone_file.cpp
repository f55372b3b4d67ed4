#include "dns/zone_file.hpp"

#include <ldns/ldns.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "dns/zone_entries.hpp"

namespace custdkim::dns {

namespace {

constexpr std::size_t max_file_size = 64 << 20;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string take(char* raw) {
    const std::unique_ptr<char, decltype(&std::free)> owner(raw, &std::free);
    return raw ? std::string(raw) : std::string();
}

std::string content_of(const ldns_rr* rr) {
    std::string content;
    for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
        if (i != 0) content += ' ';
        content += take(ldns_rdf2str(ldns_rr_rdf(rr, i)));
    }
    return content;
}

Result<Record> to_record(const ldns_rr& rr) {
    if (ldns_rr_get_class(&rr) != LDNS_RR_CLASS_IN) return invalid("only class IN is served");
    const auto owner = Name::parse(take(ldns_rdf2str(ldns_rr_owner(&rr))));
    if (!owner) return owner.error();
    return Record{*owner, take(ldns_rr_type2str(ldns_rr_get_type(&rr))), ldns_rr_ttl(&rr), content_of(&rr)};
}

}  // namespace

Result<std::vector<Record>> read_zone_file(const std::filesystem::path& file, const Name& origin,
                                           std::uint32_t default_ttl_seconds) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) return invalid(file.string() + ": is a directory");
    const File open(std::fopen(file.c_str(), "re"));
    std::string text;
    char block[4096];
    for (std::size_t got = 1; open && got > 0 && text.size() <= max_file_size;) {
        got = std::fread(block, 1, sizeof block, open.get());
        text.append(block, got);
    }
    if (!open || std::ferror(open.get())) {
        return invalid(file.string() + ": cannot be read: " + std::strerror(errno));
    }
    if (text.size() > max_file_size) return invalid(file.string() + ": is larger than a zone file may be");
    return read_zone_text(text, file.string(), origin, default_ttl_seconds);
}

Result<std::vector<Record>> read_zone_text(std::string_view text, std::string_view where, const Name& origin,
                                           std::uint32_t default_ttl_seconds) {
    std::vector<Record> records;
    const auto read = each_zone_entry(text, where, origin.text() + ".", default_ttl_seconds,
                                      [&records](const ldns_rr& rr) -> Result<void> {
                                          auto record = to_record(rr);
                                          if (!record) return record.error();
                                          records.push_back(std::move(*record));
                                          return {};
                                      });
    if (!read) return read.error();
    return records;
}

}  // namespace custdkim::dns
