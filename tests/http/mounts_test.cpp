// Which handler gets which path.
#include <catch2/catch.hpp>

#include "http/mounts.hpp"

namespace custdkim::test {

namespace {

class Named final : public http::RequestHandler {
  public:
    Named(std::string name, std::size_t limit) : name_(std::move(name)), limit_(limit) {}

    http::Response handle(const http::Request&) const noexcept override {
        return {200, "text/plain", name_, {}};
    }
    std::size_t max_body(const http::Request&) const override { return limit_; }
    http::Response refuse(unsigned status, std::string_view, const http::Request&) const override {
        return {status, "text/plain", name_, {}};
    }

  private:
    const std::string name_;
    const std::size_t limit_;
};

http::Request to(const std::string& path) {
    http::Request request;
    request.path = path;
    return request;
}

}  // namespace

TEST_CASE("A mount has its own path and all below it, and nobody else's") {
    const Named root("root", 0), lab("lab", 1), rest("rest", 2);
    const http::Mounts site({{"/", &root}, {"/lab", &lab}}, rest);
    const auto [path, name, limit] = GENERATE(table<std::string, std::string, std::size_t>({
        {"/", "root", 0},
        {"/lab", "lab", 1},
        {"/lab/", "lab", 1},
        {"/lab/v1/clock", "lab", 1},
        {"/laboratory", "rest", 2},
        {"/v1/keys", "rest", 2},
        {"//", "rest", 2},
        {"/x/lab", "rest", 2},
        {"", "rest", 2},
    }));
    CAPTURE(path);
    CHECK(site.handle(to(path)).body == name);
    CHECK(site.max_body(to(path)) == limit);
    CHECK(site.refuse(413, "too large", to(path)).body == name);
}

}  // namespace custdkim::test
