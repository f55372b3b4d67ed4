#include "base/result.hpp"

namespace custdkim {

std::string_view to_string(Errc code) {
    switch (code) {
        case Errc::invalid: return "invalid";
        case Errc::refused: return "refused";
        case Errc::not_found: return "not-found";
        case Errc::conflict: return "conflict";
        case Errc::changed: return "changed";
        case Errc::busy: return "busy";
        case Errc::unavailable: return "unavailable";
        case Errc::no_space: return "no-space";
        case Errc::corrupt: return "corrupt";
        case Errc::internal: return "internal";
    }
    return "internal";
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw ErrorException(error);
}

}  // namespace custdkim
