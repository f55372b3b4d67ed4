#include "cli/pages.hpp"

#include <algorithm>

namespace custdkim::cli {

using nlohmann::ordered_json;

Reply ask_all(const ApiAccess& access, const std::string& path, const char* member, std::size_t most) {
    constexpr std::size_t longest_page = 1000;
    const std::string first = path + (path.find('?') == path.npos ? "?" : "&") + "limit=";
    ordered_json items = ordered_json::array(), next;
    for (std::string cursor; items.size() < most;) {
        const std::size_t wanted = std::min(longest_page, most - items.size());
        Reply reply = ask(access, "GET", first + std::to_string(wanted) + cursor);
        if (!reply.document) return reply;
        for (auto& item : reply.document->at(member)) items.push_back(std::move(item));
        next = reply.document->at("next");
        if (!next.is_string()) break;
        cursor = "&after=" + encode_segment(next.get<std::string>());
    }
    return {ordered_json{{member, std::move(items)}, {"next", std::move(next)}}};
}

}  // namespace custdkim::cli
