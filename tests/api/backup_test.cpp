#include <catch2/catch.hpp>

#include <sys/mman.h>

#include "api_world.hpp"

namespace custdkim::test {

TEST_CASE("A backup is answered as a file, to whoever may have all of it") {
    ApiWorld world;
    auto parts = world.parts(world.orders);
    parts.back_up = [] { return Descriptor(::memfd_create("copy", MFD_CLOEXEC)); };
    const api::Router router(parts);
    http::Request request;
    request.method = "POST";
    request.target = request.path = "/v1/backup";
    CHECK(router.handle(request).status == 401);
    request.headers["authorization"] = "Bearer " + std::string(ApiWorld::token);
    const http::Response response = router.handle(request);
    CHECK(response.status == 200);
    CHECK(response.content_type == "application/vnd.sqlite3");
    REQUIRE(response.file);
    CHECK(static_cast<bool>(*response.file));
}

TEST_CASE("A store in memory has no backup, which is told") {
    ApiWorld world;
    const auto response = world.ask("POST", "/v1/backup");
    CHECK(response.status == 422);
    CHECK(nlohmann::json::parse(response.body)["type"] == "urn:custdkim:problem:refused");
    CHECK_FALSE(response.file);
}

}  // namespace custdkim::test
