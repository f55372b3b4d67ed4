// libFuzzer's way into one of the targets, which CMake names: scripts/fuzz.sh runs it.
#include "base/log.hpp"
#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    custdkim::set_log_level(custdkim::LogLevel::none);  // a line for each bad input is what takes longest
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    custdkim::test::CUSTDKIM_FUZZ_TARGET({data, size});
    return 0;
}
