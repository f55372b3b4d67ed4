// `custdkim key timeline`: what was and what will be published of a key, slot by slot.
#include <iostream>

#include "cli/key_commands.hpp"
#include "cli/reply.hpp"
#include "usage/table.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;
using usage::Give;

namespace {

std::string text_or(const ordered_json& value, const std::string& otherwise) {
    return value.is_string() ? value.get<std::string>() : otherwise;
}

usage::Colour colour_of(const std::string& state) {
    return state == "active" ? usage::Colour::good : usage::Colour::none;
}

void print_timeline(const ordered_json& timeline) {
    usage::Rows spans = {{"SELECTOR", "PAIR", "STATE", {"FROM", Give::time}, {"TO", Give::time}}};
    for (const auto& slot : timeline.at("slots")) {
        for (const auto& pair : slot.at("pairs")) {
            for (const auto& span : pair.at("spans")) {
                const std::string state = text_or(span.at("state"), "");
                spans.push_back({text_or(slot.at("selector"), ""), pair.at("number").dump(),
                                 usage::Cell(state, colour_of(state)), text_or(span.at("from"), ""),
                                 text_or(span.at("to"), "-")});
            }
        }
    }
    std::cout << "Key " << text_or(timeline.at("key"), "") << " of " << text_or(timeline.at("domain"), "")
              << ", now " << text_or(timeline.at("now"), "") << "\n\n";
    usage::print_table(spans);
    usage::Rows planned = {{{"DUE", Give::time}, "STEP", "SELECTOR", "WHY"}};
    for (const auto& step : timeline.at("planned")) {
        planned.push_back({text_or(step.at("due"), ""), text_or(step.at("action"), ""),
                           text_or(step.at("selector"), "-"), text_or(step.at("why"), "")});
    }
    if (planned.size() == 1) return;
    std::cout << "\nPlanned, if nothing is in the way:\n\n";
    usage::print_table(planned);
}

}  // namespace

int show_timeline(const KeyOptions& options) {
    const Reply reply = ask(options.access, "GET", "/v1/keys/" + encode_segment(options.id) + "/timeline");
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else {
        print_timeline(*reply.document);
    }
    return Exit::done;
}

}  // namespace custdkim::cli
