#include "api/backup_handler.hpp"

#include "api/problem.hpp"

namespace custdkim::api {

http::Response back_up(const Router::Context& context) {
    auto copy = context.parts.back_up();
    if (!copy) return problem(copy.error());
    http::Response response;
    response.content_type = "application/vnd.sqlite3";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"custdkim.db\"");
    response.file = std::make_shared<Descriptor>(std::move(*copy));
    return response;
}

}  // namespace custdkim::api
