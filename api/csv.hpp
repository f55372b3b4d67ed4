// Tables as comma-separated values (RFC 4180): a line of names, then a line for each row. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "http/message.hpp"

namespace custdkim::api {

using CsvRow = std::vector<std::string>;

// Every cell is quoted: what customers wrote cannot end it. The cursor of the next page, if there is one, is
// in the header field "Next-Page".
http::Response csv(const std::vector<CsvRow>& rows, const std::string& next);

// Whether CSV is asked for, by the header field Accept.
bool wants_csv(const http::Request& request);

}  // namespace custdkim::api
