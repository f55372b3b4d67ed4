#include "cli/csv_text.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "api/csv.hpp"

namespace custdkim::cli {

namespace {

std::string cell_of(const nlohmann::ordered_json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end() || found->is_null()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace

void print_csv(const nlohmann::ordered_json& list, std::initializer_list<const char*> members) {
    std::vector<api::CsvRow> rows = {api::CsvRow(members.begin(), members.end())};
    for (const auto& object : list) {
        api::CsvRow& row = rows.emplace_back();
        for (const char* const member : members) row.push_back(cell_of(object, member));
    }
    std::cout << api::csv(rows, "").body << std::flush;
}

}  // namespace custdkim::cli
