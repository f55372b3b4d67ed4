#include "api/problem.hpp"

#include <nlohmann/json.hpp>

namespace custdkim::api {

unsigned status_of(Errc code) {
    switch (code) {
        case Errc::invalid:
        case Errc::refused: return 422;
        case Errc::not_found: return 404;
        case Errc::conflict: return 409;
        case Errc::changed: return 412;
        case Errc::busy:
        case Errc::unavailable: return 503;
        case Errc::no_space: return 507;
        case Errc::corrupt:
        case Errc::internal: return 500;
    }
    return 500;
}

namespace {

std::string_view title_of(unsigned status) {
    switch (status) {
        case 400: return "The request cannot be read";
        case 401: return "Not authorized";
        case 403: return "Not allowed here";
        case 404: return "Not found";
        case 405: return "Not possible here";
        case 409: return "At odds with what is there";
        case 412: return "Not as it was";
        case 413:
        case 431: return "Too large";
        case 422: return "Refused";
        case 503: return "Not possible now";
        case 507: return "No space";
        default: return "Failed";
    }
}

nlohmann::ordered_json document_of(unsigned status, std::string_view kind, std::string_view detail) {
    return {{"type", "urn:custdkim:problem:" + std::string(kind)},
            {"title", title_of(status)},
            {"status", status},
            {"detail", detail}};
}

}  // namespace

http::Response problem(unsigned status, std::string_view kind, std::string_view detail,
                       const nlohmann::ordered_json& members) {
    auto document = document_of(status, kind, detail);
    document.update(members);
    // What was sent to us, or seen in the DNS, may stand in it: it need not be UTF-8.
    constexpr auto lenient = nlohmann::ordered_json::error_handler_t::replace;
    return {status, "application/problem+json", document.dump(2, ' ', false, lenient) + "\n", {}};
}

http::Response problem(unsigned status, std::string_view kind, std::string_view detail) {
    return problem(status, kind, detail, nlohmann::ordered_json::object());
}

http::Response problem(const Error& error) {
    return problem(status_of(error.code), to_string(error.code), error.detail);
}

nlohmann::ordered_json problem_document(const Error& error) {
    auto document = document_of(status_of(error.code), to_string(error.code), error.detail);
    document.erase("status");
    return document;
}

}  // namespace custdkim::api
