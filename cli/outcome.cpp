#include "cli/outcome.hpp"

#include <iostream>

namespace custdkim::cli {

int fail(Exit code, std::string_view sentence) {
    std::cerr << "custdkim: " << sentence << std::endl;
    return code;
}

Exit exit_for(Errc code) {
    switch (code) {
        case Errc::not_found:
        case Errc::changed: return Exit::no;
        case Errc::invalid:
        case Errc::refused:
        case Errc::conflict: return Exit::wrong;
        case Errc::busy:
        case Errc::unavailable:
        case Errc::no_space:
        case Errc::corrupt:
        case Errc::internal: return Exit::unknown;
    }
    return Exit::unknown;
}

}  // namespace custdkim::cli
