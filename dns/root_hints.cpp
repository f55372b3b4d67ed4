#include "dns/root_hints.hpp"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <system_error>

#include <ldns/ldns.h>

namespace custdkim::dns {

namespace {

constexpr std::uint16_t dns_port = 53;

// As of 2024; https://www.internic.net/domain/named.root and https://data.iana.org/root-anchors/ have the
// present ones. One right address would do: the first thing that is asked of the root is where it is.
constexpr const char* root_servers[] = {"198.41.0.4",     "2001:503:ba3e::2:30",  //
                                        "170.247.170.2",  "2801:1b8:10::b",       //
                                        "192.33.4.12",    "2001:500:2::c",        //
                                        "199.7.91.13",    "2001:500:2d::d",       //
                                        "192.203.230.10", "2001:500:a8::e",       //
                                        "192.5.5.241",    "2001:500:2f::f",       //
                                        "192.112.36.4",   "2001:500:12::d0d",     //
                                        "198.97.190.53",  "2001:500:1::53",       //
                                        "192.36.148.17",  "2001:7fe::53",         //
                                        "192.58.128.30",  "2001:503:c27::2:30",   //
                                        "193.0.14.129",   "2001:7fd::1",          //
                                        "199.7.83.42",    "2001:500:9f::42",      //
                                        "202.12.27.33",   "2001:dc3::35"};

constexpr const char* root_anchors[] = {
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"};

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeRdfs {
    void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
struct FreeRecord {
    void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct FreeText {
    void operator()(char* text) const { std::free(text); }
};

std::string unterminated(std::unique_ptr<char, FreeText> text) {
    std::string result = text ? text.get() : "";
    while (!result.empty() && result.back() == '\n') result.pop_back();
    return result;
}

// Shows every record of a zone file. `what` names the file in an error, `remedy` ends it.
Result<void> read_records(const std::filesystem::path& path, const std::string& what,
                          const std::string& remedy, const std::function<void(ldns_rr&)>& show) {
    const std::string culprit = what + " " + path.string();
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
    if (!file || std::filesystem::is_directory(path)) {
        const std::string why = file ? "it is a directory" : std::generic_category().message(errno);
        return invalid("cannot read the " + culprit + ": " + why + "; " + remedy);
    }
    std::uint32_t ttl = 3600;
    std::unique_ptr<ldns_rdf, FreeRdfs> origin(ldns_dname_new_frm_str(".")), previous;
    int line = 0;
    while (std::feof(file.get()) == 0) {
        ldns_rr* raw = nullptr;
        ldns_rdf *origin_now = origin.release(), *previous_now = previous.release();
        const ldns_status status =
            ldns_rr_new_frm_fp_l(&raw, file.get(), &ttl, &origin_now, &previous_now, &line);
        origin.reset(origin_now);
        previous.reset(previous_now);
        const std::unique_ptr<ldns_rr, FreeRecord> record(raw);
        if (status == LDNS_STATUS_OK && record) show(*record);
        const bool nothing = status == LDNS_STATUS_SYNTAX_EMPTY || status == LDNS_STATUS_SYNTAX_TTL ||
                             status == LDNS_STATUS_SYNTAX_ORIGIN;
        if (status != LDNS_STATUS_OK && !nothing) {
            return invalid("the " + culprit + " is broken in line " + std::to_string(line) + " (" +
                           ldns_get_errorstr_by_id(status) + "); " + remedy);
        }
    }
    return {};
}

}  // namespace

Result<std::vector<ServerAddress>> read_root_hints(const std::filesystem::path& file) {
    const std::string what = "root hints";
    const std::string remedy = "give a file like https://www.internic.net/domain/named.root, or none";
    std::set<ServerAddress> servers;
    const auto done = read_records(file, what, remedy, [&](ldns_rr& record) {
        const auto type = ldns_rr_get_type(&record);
        if (type != LDNS_RR_TYPE_A && type != LDNS_RR_TYPE_AAAA) return;
        std::unique_ptr<char, FreeText> text(ldns_rdf2str(ldns_rr_rdf(&record, 0)));
        servers.insert({unterminated(std::move(text)), dns_port});
    });
    if (!done) return done.error();
    if (servers.empty()) {
        return invalid("the " + what + " " + file.string() + " have no address of a server; " + remedy);
    }
    return std::vector(servers.begin(), servers.end());
}

std::vector<ServerAddress> built_in_root_servers() {
    std::vector<ServerAddress> servers;
    for (const char* address : root_servers) servers.push_back({address, dns_port});
    return servers;
}

Result<std::vector<std::string>> read_trust_anchors(const std::filesystem::path& file) {
    const std::string what = "trust anchor";
    const std::string remedy = "give a file with the root's DS or DNSKEY records, or none";
    std::vector<std::string> anchors;
    const auto done = read_records(file, what, remedy, [&](ldns_rr& record) {
        const auto type = ldns_rr_get_type(&record);
        if (type != LDNS_RR_TYPE_DS && type != LDNS_RR_TYPE_DNSKEY) return;
        std::unique_ptr<char, FreeText> text(ldns_rr2str_fmt(ldns_output_format_nocomments, &record));
        anchors.push_back(unterminated(std::move(text)));
    });
    if (!done) return done.error();
    if (anchors.empty()) {
        return invalid("the " + what + " " + file.string() + " has no DS or DNSKEY record; " + remedy);
    }
    return anchors;
}

std::vector<std::string> built_in_trust_anchors() {
    return {std::begin(root_anchors), std::end(root_anchors)};
}

}  // namespace custdkim::dns
