// For programs that private keys pass through.
#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>

namespace custdkim::cli {

// No core file, and no peeking by other processes of the same user.
inline void keep_memory_private() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace custdkim::cli
