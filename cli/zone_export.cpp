// `custdkim zone export`: a zone as a zone file (RFC 1035 section 5), page by page.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/new_file.hpp"
#include "cli/reply.hpp"
#include "cli/zone_commands.hpp"
#include "cli/zone_line.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

constexpr int tries = 3;  // a zone that moves faster than we read is not to be had whole

enum class Pass { whole, moved, failed };

class Export {
  public:
    Export(const ZoneOptions& options, NewFile& file) : options_(options), file_(file) {}

    // Why `failed` has been told.
    Pass write() {
        if (!stored(file_.begin_again())) return Pass::failed;
        std::string after;
        std::optional<std::uint64_t> serial;
        do {
            const Reply page = ask(options_.access, "GET", path("/records?limit=10000") + after);
            if (page.refusal.is_object() && page.refusal.value("status", 0) == 409) return Pass::moved;
            if (!page.document) return told(page);
            const auto now = page.document->at("serial").get<std::uint64_t>();
            if (serial.value_or(now) != now) return Pass::moved;
            serial = now;
            if (!stored(file_.append(lines_of(page.document->at("records"))))) return Pass::failed;
            const auto& next = page.document->at("next");
            after = next.is_string() ? "&after=" + encode_segment(next.get<std::string>()) : "";
        } while (!after.empty());
        const Reply zone = ask(options_.access, "GET", path(""));
        if (!zone.document) return told(zone);
        return zone.document->at("serial").get<std::uint64_t>() == *serial ? Pass::whole : Pass::moved;
    }

    int exit() const { return exit_; }

  private:
    std::string path(const std::string& rest) const {
        return "/v1/zones/" + encode_segment(in_one_segment(options_.zone)) + rest;
    }

    static std::string lines_of(const ordered_json& records) {
        std::string lines;
        for (const auto& record : records) {
            append_zone_line(lines, record.at("name").get_ref<const std::string&>(),
                             record.at("ttl").get<std::uint32_t>(),
                             record.at("type").get_ref<const std::string&>(),
                             record.at("content").get_ref<const std::string&>());
        }
        return lines;
    }

    Pass told(const Reply& reply) {
        exit_ = refuse(reply, false);
        return Pass::failed;
    }
    bool stored(const Result<void>& outcome) {
        if (!outcome) exit_ = fail(exit_for(outcome.error().code), outcome.error().detail);
        return outcome.has_value();
    }

    const ZoneOptions& options_;
    NewFile& file_;
    int exit_ = Exit::done;
};

}  // namespace

int export_zone(const ZoneOptions& options) {
    const bool to_file = !options.output.empty();
    auto file = to_file ? NewFile::beside(options.output) : NewFile::nameless();
    if (!file) return fail(exit_for(file.error().code), file.error().detail);
    Export writing(options, *file);
    Pass pass = Pass::moved;
    for (int i = 0; i < tries && pass == Pass::moved; ++i) pass = writing.write();
    if (pass == Pass::failed) return writing.exit();
    if (pass == Pass::moved) {
        return fail(Exit::unknown, "the zone " + options.zone + " changed while it was read, " +
                                       std::to_string(tries) +
                                       " times; nothing is written, try again when less goes on");
    }
    const auto done = to_file ? file->take_place() : file->print();
    return done ? Exit::done : fail(exit_for(done.error().code), done.error().detail);
}

}  // namespace custdkim::cli
