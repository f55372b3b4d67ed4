#include "keys/key_roll.hpp"

#include <charconv>

namespace custdkim {

namespace {

constexpr std::string_view all;

}  // namespace

std::string to_cursor(const RollPlace& place) {
    return std::to_string(place.created_at.time_since_epoch().count()) + "/" + place.id;
}

Result<RollPlace> read_place(std::string_view cursor) {
    if (cursor.empty()) return RollPlace{Timestamp::min(), ""};
    Duration::rep seconds = 0;
    const char* const end = cursor.data() + cursor.size();
    const auto [rest, error] = std::from_chars(cursor.data(), end, seconds);
    if (error != std::errc() || rest == end || *rest != '/') {
        return invalid("'" + std::string(cursor.substr(0, 40)) + "' is not a cursor that this list gave out");
    }
    return RollPlace{Timestamp(Duration(seconds)), std::string(rest + 1, end)};
}

void KeyRoll::enter(const std::string& org, const RollPlace& place) {
    of_[std::string(all)].insert(place);
    of_[org].insert(place);
}

void KeyRoll::strike(const std::string& org, const RollPlace& place) {
    for (const std::string& name : {std::string(all), org}) {
        const auto roll = of_.find(name);
        if (roll == of_.end()) continue;
        roll->second.erase(place);
        if (roll->second.empty()) of_.erase(roll);
    }
}

std::vector<RollPlace> KeyRoll::behind(const RollPlace& place, std::string_view org,
                                       std::size_t limit) const {
    std::vector<RollPlace> places;
    const auto roll = of_.find(org);
    if (roll == of_.end()) return places;
    for (auto next = roll->second.upper_bound(place); next != roll->second.end() && places.size() < limit;
         ++next) {
        places.push_back(*next);
    }
    return places;
}

}  // namespace custdkim
