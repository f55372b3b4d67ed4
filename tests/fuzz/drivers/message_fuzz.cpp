// libFuzzer's way in: scripts/fuzz.sh runs it.
#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    custdkim::test::try_message({data, size});
    return 0;
}
