// The tables within a misconfiguration's file, each read and checked by itself. Private to lab/catalogue.
#pragma once

#include "lab/catalogue/table_reader.hpp"

namespace custdkim::lab {

inline constexpr unsigned most_servers = 5;

Expectation read_expectation(TableReader reader);
Flavour read_flavour(TableReader reader);
OddServer read_server(TableReader reader);
ServerFault read_fault(TableReader reader);
Signing read_signing(TableReader reader);

}  // namespace custdkim::lab
