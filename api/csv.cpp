#include "api/csv.hpp"

namespace custdkim::api {

namespace {

std::string cell(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + "\"";
}

}  // namespace

http::Response csv(const std::vector<CsvRow>& rows, const std::string& next) {
    http::Response response{200, "text/csv; charset=utf-8; header=present", "", {}};
    for (const CsvRow& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) response.body += (i == 0 ? "" : ",") + cell(row[i]);
        response.body += "\r\n";
    }
    if (!next.empty()) response.headers.emplace_back("Next-Page", next);
    return response;
}

bool wants_csv(const http::Request& request) {
    return request.header("accept").find("text/csv") != std::string_view::npos;
}

}  // namespace custdkim::api
