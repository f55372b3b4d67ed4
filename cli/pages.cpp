#include "cli/pages.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

Reply ask_all(const ApiAccess& access, const std::string& path, const char* member) {
    const std::string first = path + (path.find('?') == path.npos ? "?" : "&") + "limit=1000";
    ordered_json items = ordered_json::array();
    for (std::string cursor;;) {
        Reply reply = ask(access, "GET", first + cursor);
        if (!reply.document) return reply;
        for (auto& item : reply.document->at(member)) items.push_back(std::move(item));
        const auto& next = reply.document->at("next");
        if (!next.is_string()) break;
        cursor = "&after=" + encode_segment(next.get<std::string>());
    }
    return {std::move(items)};
}

}  // namespace custdkim::cli
