#include "api/org_scope.hpp"

#include "api/problem.hpp"

namespace custdkim::api {

std::optional<std::string> org_meant(const Caller& caller, const std::string& named) {
    if (named.empty() || caller.org.empty()) return named.empty() ? caller.org : named;
    return named == caller.org ? std::optional(named) : std::nullopt;
}

http::Response other_org(const Caller& caller) {
    return problem(403, "forbidden",
                   caller.name + " is bound to the organisation " + caller.org + "; name that one, or none");
}

Error no_org(const std::string& name) {
    return {Errc::not_found, "there is no organisation '" + name.substr(0, 80) +
                                 "'; 'custdkim org list' shows those that there are"};
}

}  // namespace custdkim::api
