#include "cli/key_text.hpp"

#include <nlohmann/json.hpp>

#include "usage/table.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;
using usage::Give;

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

std::string shown(std::string text) {
    for (char& character : text) {
        const auto octet = static_cast<unsigned char>(character);
        if (octet < 0x20 || octet == 0x7f) character = '?';
    }
    return text;
}

// The cause, or those that look alike.
std::string causes_of(const ordered_json& finding) {
    std::string causes = text_at(finding, "cause");
    const auto candidates = finding.find("candidates");
    if (candidates == finding.end() || candidates->size() < 2) return causes;
    std::string others;
    for (const auto& candidate : *candidates) {
        const std::string other = candidate.get<std::string>();
        if (other != causes) others += (others.empty() ? "" : ", ") + other;
    }
    return causes + " (or, which cannot be told from outside: " + others + ")";
}

// Cause, detail and fix, a line each. The cause of a pass is a note: it does no harm.
std::string finding_details(const ordered_json& finding) {
    std::string out;
    const bool passes = text_at(finding, "outcome") == "pass";
    for (const std::string& part :
         {(passes && !text_at(finding, "cause").empty() ? "note: " : "") + causes_of(finding),
          text_at(finding, "detail"), text_at(finding, "fix")}) {
        if (!part.empty()) out += "  " + shown(part) + "\n";
    }
    return out;
}

bool is_failing(const ordered_json& slot) { return !text_at(slot, "failing_since").empty(); }

std::string joined_selectors(const ordered_json& key) {
    std::string joined;
    for (const auto& slot : key.at("slots")) {
        joined += (joined.empty() ? "" : ",") + text_at(slot, "selector");
    }
    return joined;
}

usage::Cell status_cell(const ordered_json& key) {
    if (!text_at(key, "deleted_at").empty()) return {"deleted", usage::Colour::faint};
    std::string status = text_at(key, "status");
    usage::Colour colour = status == "active" ? usage::Colour::good
                           : status == "held" ? usage::Colour::warning
                                              : usage::Colour::none;
    for (const auto& slot : key.at("slots")) {
        if (!is_failing(slot)) continue;
        status += ", " + text_at(slot, "selector") + " fails";
        colour = usage::Colour::bad;
    }
    return {std::move(status), colour};
}

// What is wrong, or odd, with the CNAMEs as they were seen last.
std::string trouble_text(const ordered_json& key) {
    std::string out;
    for (const auto& slot : key.at("slots")) {
        const auto& finding = slot.at("finding");
        if (!finding.is_object() ||
            (text_at(finding, "outcome") == "pass" && text_at(finding, "cause").empty()))
            continue;
        out += "  " + shown(text_at(slot.at("cname"), "name") + ": " + text_at(finding, "outcome")) + " at " +
               text_at(finding, "checked_at");
        if (is_failing(slot)) out += ", failing since " + text_at(slot, "failing_since");
        out += "\n" + finding_details(finding);
    }
    return out.empty() ? out : "\nWhat was seen of them last:\n\n" + out;
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
    return out + trouble_text(key);
}

usage::Rows key_table(const ordered_json& keys) {
    usage::Rows rows = {{{"ID", Give::never},
                         {"DOMAIN", Give::middle},
                         "TYPE",
                         "STATUS",
                         "SELECTORS",
                         {"CREATED", Give::time}}};
    for (const auto& key : keys) {
        rows.push_back({text_at(key, "id"), text_at(key, "domain"), text_at(key, "type"), status_cell(key),
                        joined_selectors(key), text_at(key, "created_at")});
    }
    return rows;
}

ordered_json findings_of(const ordered_json& key) {
    ordered_json findings = ordered_json::array();
    for (const auto& slot : key.at("slots")) {
        if (!slot.at("finding").is_object()) continue;
        ordered_json finding = slot.at("finding");
        finding["name"] = slot.at("cname").at("name");
        findings.push_back(std::move(finding));
    }
    return findings;
}

std::string findings_text(const ordered_json& findings, Evidence evidence) {
    std::string out;
    for (const auto& finding : findings) {
        out += shown(text_at(finding, "name") + ": " + text_at(finding, "outcome")) + "\n";
        out += finding_details(finding);
        const auto lines = finding.find("evidence");
        if (evidence == Evidence::left_out || lines == finding.end()) continue;
        for (const auto& line : *lines) out += "    " + shown(line.get<std::string>()) + "\n";
    }
    return out;
}

std::string finding_line(const ordered_json& finding) {
    std::string line = text_at(finding, "name") + ": " + text_at(finding, "outcome");
    for (const char* part : {"cause", "detail"}) {
        if (const std::string text = text_at(finding, part); !text.empty()) line += ": " + text;
    }
    return shown(line);
}

}  // namespace custdkim::cli
