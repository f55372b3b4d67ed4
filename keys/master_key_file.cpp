#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/descriptor.hpp"
#include "keys/sealing.hpp"

namespace custdkim {

namespace {

constexpr std::size_t master_key_size = 32;
constexpr std::size_t max_file_size = 256;
constexpr std::string_view how_to_make = "; make one with: (umask 077; openssl rand -base64 32 > FILE)";

}  // namespace

Result<SecretBytes> read_master_key(const std::filesystem::path& file) {
    const std::string who = "the master key file " + file.string();
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info {};
    if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
        return invalid(who + " cannot be read: " + std::strerror(errno) +
                       (errno == ENOENT ? std::string(how_to_make) : std::string()));
    }
    if (!S_ISREG(info.st_mode)) return invalid(who + " is not a regular file");
    if ((info.st_mode & 077) != 0) {
        char mode[8];
        std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(info.st_mode & 07777));
        return invalid(who + " may be read by others (mode " + mode + "); run: chmod 600 " + file.string());
    }
    SecretBytes text(max_file_size);
    const ssize_t size = ::read(fd.get(), text.data(), text.size());
    if (size < 0) return invalid(who + " cannot be read: " + std::strerror(errno));
    std::string_view line(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ')) {
        line.remove_suffix(1);
    }
    auto key = from_base64(line);
    if (!key || key->size() != master_key_size) {
        return invalid(who + " must hold 32 bytes as one line of base64" + std::string(how_to_make));
    }
    return key;
}

}  // namespace custdkim
