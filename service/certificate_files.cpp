#include "service/certificate_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"
#include "base/log.hpp"

namespace custdkim {

namespace {

constexpr std::size_t max_size = 256 << 10;
constexpr mode_t none_forbidden = 0, others = 007;

Result<std::string> read_pem(const std::filesystem::path& file, const std::string& option, mode_t forbidden) {
    const std::string who = "[api] " + option + " " + file.string();
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info {};
    if (!fd || ::fstat(fd.get(), &info) != 0)
        return invalid(who + " cannot be read: " + std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return invalid(who + " is not a regular file");
    if ((info.st_mode & forbidden) != 0)
        return invalid(who + " may be read by others; run: chmod o= " + file.string());
    std::string text(max_size + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
        if (got < 0) return invalid(who + " cannot be read: " + std::strerror(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > max_size) return invalid(who + " is longer than 256 KiB; that cannot be right");
    text.resize(size);
    return text;
}

}  // namespace

CertificateFiles::CertificateFiles(std::filesystem::path certificate, std::filesystem::path key)
    : certificate_(std::move(certificate)), key_(std::move(key)) {}

Result<std::unique_ptr<CertificateFiles>> CertificateFiles::open(std::filesystem::path certificate,
                                                                 std::filesystem::path key) {
    std::unique_ptr<CertificateFiles> files(new CertificateFiles(std::move(certificate), std::move(key)));
    files->seen_ = files->stamps();
    auto pair = files->read();
    if (!pair) return pair.error();
    files->pair_ = std::make_shared<const http::TlsPair>(std::move(*pair));
    return files;
}

std::shared_ptr<const http::TlsPair> CertificateFiles::current() {
    const std::lock_guard lock(mutex_);
    if (const Stamps now = stamps(); now != seen_) replace(now);
    return pair_;
}

void CertificateFiles::read_again() {
    const std::lock_guard lock(mutex_);
    replace(stamps());
}

// Half of a new pair, as while both files are being replaced, is no good either: it is whole the next time.
void CertificateFiles::replace(const Stamps& seen) {
    seen_ = seen;
    auto pair = read();
    if (!pair) {
        log_warning("the TLS certificate was not changed: the new one is no good",
                    {{"reason", pair.error().detail}});
        return;
    }
    pair_ = std::make_shared<const http::TlsPair>(std::move(*pair));
    log_info("the TLS certificate was read again", {{"certificate", certificate_.string()}});
}

Result<http::TlsPair> CertificateFiles::read() const {
    auto certificates = read_pem(certificate_, "tls_certificate", none_forbidden);
    if (!certificates) return certificates.error();
    auto key = read_pem(key_, "tls_key", others);
    if (!key) return key.error();
    http::TlsPair pair{std::move(*certificates), std::move(*key)};
    if (const auto checked = http::check_pair(pair); !checked) {
        return invalid(certificate_.string() + " and " + key_.string() + ": " + checked.error().detail);
    }
    return pair;
}

CertificateFiles::Stamp CertificateFiles::stamp_of(const std::filesystem::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return {};
    constexpr std::int64_t second = 1'000'000'000;
    return {info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec * second + info.st_mtim.tv_nsec};
}

}  // namespace custdkim
