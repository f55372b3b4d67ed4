#include "store/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

namespace custdkim {

Result<Descriptor> lock_file(const std::filesystem::path& file) {
    const std::string path = file.string() + ".lock";
    Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock) {
        return Error{Errc::unavailable,
                     "the store " + file.string() + " cannot be opened: " + path + ": " +
                         std::strerror(errno) +
                         "; check that its directory exists and may be written by this user"};
    }
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        char holder[24] = {};
        const ssize_t size = ::pread(lock.get(), holder, sizeof holder - 1, 0);
        const std::string pid(holder, size > 0 ? static_cast<std::size_t>(size) : 0);
        return Error{Errc::busy, "the store " + file.string() + " is in use by another custdkim" +
                                     (pid.empty() ? "" : " (pid " + pid + ")") +
                                     "; stop that one first, or set another [store] url"};
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0) {
        // Only the hint for the next one is missing; the lock holds.
    }
    return lock;
}

}  // namespace custdkim
