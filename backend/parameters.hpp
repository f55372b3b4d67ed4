// Reading the parameters of a call: each is there and of its type, or the Error names it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::backend {

Result<std::string_view> text_parameter(const boost::json::object& parameters, std::string_view name);

// Whole numbers only; 4.7's "2024010101.000000" for serials is one.
Result<std::int64_t> number_parameter(const boost::json::object& parameters, std::string_view name);

// A name as PowerDNS asks for it (absolute, the client's letter case, escaped) as its canonical text.
// The view points into `scratch`.
Result<std::string_view> canonical_name(std::string_view asked, std::string& scratch);
Result<std::string_view> name_parameter(const boost::json::object& parameters, std::string_view name,
                                        std::string& scratch);

}  // namespace custdkim::backend
