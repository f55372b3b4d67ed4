// The lab's control API beside custdkim's: what it says while there is none. tests/console asks it for the
// rest.
#include <catch2/catch.hpp>

#include "lab/up/mounted_control.hpp"

namespace custdkim::lab::test {

TEST_CASE("Before the lab is there, and after, it is said to be starting or ending") {
    MountedControl mounted;
    http::Request request;
    request.method = "GET";
    request.path = "/lab/v1/clock";
    CHECK(mounted.handle(request).status == 503);
    CHECK(mounted.max_body(request) == 0);
    CHECK(mounted.refuse(413, "the body is too large", request).status == 503);
    mounted.withdraw();
    CHECK(mounted.handle(request).status == 503);
}

}  // namespace custdkim::lab::test
