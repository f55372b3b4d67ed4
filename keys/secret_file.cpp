#include "keys/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/descriptor.hpp"

namespace custdkim {

namespace {

constexpr std::size_t max_size = 256;

std::string octal(mode_t mode) {
    char text[8];
    std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
    return text;
}

}  // namespace

Result<SecretBytes> read_secret_file(const std::filesystem::path& file, std::string_view what,
                                     mode_t forbidden) {
    const std::string who = std::string(what) + " " + file.string();
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info {};
    if (!fd || ::fstat(fd.get(), &info) != 0) {
        return invalid(who + " cannot be read: " + std::strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) return invalid(who + " is not a regular file");
    if ((info.st_mode & forbidden) != 0) {
        return invalid(who + " may be read by others (mode " + octal(info.st_mode) + "); run: chmod " +
                       octal(info.st_mode & 0777 & ~forbidden) + " " + file.string());
    }
    SecretBytes text(max_size + 1);
    const ssize_t got = ::read(fd.get(), text.data(), text.size());
    if (got < 0) return invalid(who + " cannot be read: " + std::strerror(errno));
    auto size = static_cast<std::size_t>(got);
    if (size > max_size) return invalid(who + " is longer than " + std::to_string(max_size) + " octets");
    const auto is_space = [](std::uint8_t c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; };
    while (size > 0 && is_space(text.data()[size - 1])) --size;
    return SecretBytes(text.span().first(size));
}

std::string_view text_of(const SecretBytes& secret) {
    return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

}  // namespace custdkim
