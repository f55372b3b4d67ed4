#include "cli/key_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

std::string text_at(const ordered_json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void append_line(std::string& out, std::string label, const std::string& value) {
    if (value.empty()) return;
    label.resize(12, ' ');
    out += label + value + "\n";
}

// The pair that a slot's record holds is its last one.
std::string slot_state(const ordered_json& slot) {
    const auto& pairs = slot.at("pairs");
    return pairs.empty() ? "empty" : text_at(pairs.back(), "state");
}

std::string joined_selectors(const ordered_json& key) {
    std::string joined;
    for (const auto& slot : key.at("slots")) {
        joined += (joined.empty() ? "" : ",") + text_at(slot, "selector");
    }
    return joined;
}

using Rows = std::vector<std::vector<std::string>>;

std::string aligned(const Rows& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size()) out.append(widths[i] - row[i].size() + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

}  // namespace

std::string key_text(const ordered_json& key) {
    std::string out;
    append_line(out, "Key", text_at(key, "id"));
    append_line(out, "Domain", text_at(key, "domain") + " (match: " + text_at(key, "match") + ")");
    append_line(out, "Type", text_at(key, "type"));
    append_line(out, "Status", text_at(key, "status"));
    append_line(out, "Created", text_at(key, "created_at"));
    append_line(out, "Revoked", text_at(key, "revoked_at"));
    append_line(out, "Deleted", text_at(key, "deleted_at"));
    append_line(out, "Signs with", text_at(key, "signing_selector"));
    if (const auto& hold = key.at("hold"); hold.is_object()) {
        append_line(out, "Held", "since " + text_at(hold, "since") + ": " + text_at(hold, "reason"));
    }
    if (const auto& rotation = key.at("rotation"); rotation.is_object()) {
        append_line(out, "Rotation",
                    "to " + text_at(rotation, "selector") + " at " + text_at(rotation, "sign_at") + ": " +
                        text_at(rotation, "why"));
    }
    if (const auto& next = key.at("next"); next.is_object()) {
        append_line(out, "Next", text_at(next, "action") + " at " + text_at(next, "due"));
    }
    out += "\nThe customer publishes these CNAMEs in the zone of " + text_at(key, "domain") + ":\n\n";
    for (const auto& slot : key.at("slots")) {
        const auto& cname = slot.at("cname");
        out += "  " + text_at(cname, "name") + ". 300 IN CNAME " + text_at(cname, "target") + ".\n";
    }
    out += "\nBehind them:\n\n";
    for (const auto& slot : key.at("slots")) {
        out += "  " + text_at(slot, "record_name") + "  " + slot_state(slot) + "\n";
    }
    return out;
}

std::string key_table(const ordered_json& keys) {
    Rows rows = {{"ID", "DOMAIN", "TYPE", "STATUS", "SELECTORS", "CREATED"}};
    for (const auto& key : keys) {
        const std::string status =
            text_at(key, "deleted_at").empty() ? text_at(key, "status") : std::string("deleted");
        rows.push_back({text_at(key, "id"), text_at(key, "domain"), text_at(key, "type"), status,
                        joined_selectors(key), text_at(key, "created_at")});
    }
    return aligned(rows);
}

std::string findings_text(const ordered_json& key) {
    std::string out;
    for (const auto& slot : key.at("slots")) {
        const auto& finding = slot.at("finding");
        if (!finding.is_object()) continue;
        out += text_at(slot.at("cname"), "name") + ": " + text_at(finding, "outcome");
        for (const char* part : {"cause", "detail", "fix"}) {
            if (const std::string text = text_at(finding, part); !text.empty()) out += "\n  " + text;
        }
        out += "\n";
    }
    return out;
}

std::string event_table(const ordered_json& events) {
    Rows rows = {{"AT", "WHO", "WHAT", "DOMAIN", "WHY"}};
    for (const auto& event : events) {
        rows.push_back({text_at(event, "at"), text_at(event, "actor"), text_at(event, "action"),
                        text_at(event, "domain"), text_at(event, "detail")});
    }
    return aligned(rows);
}

}  // namespace custdkim::cli
