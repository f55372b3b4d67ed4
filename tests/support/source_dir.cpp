#include "tests/support/source_dir.hpp"

namespace custdkim {

std::string source_dir() { return CUSTDKIM_SOURCE_DIR; }

}  // namespace custdkim
