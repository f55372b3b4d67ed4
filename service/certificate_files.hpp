// The API's certificate, in the two files that the configuration names. Read again once they have changed,
// when the next client connects: whoever renews a certificate has nothing to tell us. Thread-safe.
#pragma once

#include <sys/types.h>

#include <array>
#include <filesystem>
#include <mutex>

#include "base/result.hpp"
#include "http/tls.hpp"

namespace custdkim {

class CertificateFiles final : public http::CertificateSource {
  public:
    // The Error names the file that is wrong, and the remedy.
    static Result<std::unique_ptr<CertificateFiles>> open(std::filesystem::path certificate,
                                                          std::filesystem::path key);

    // A new pair that is no good is told in the log, and the old one kept.
    std::shared_ptr<const http::TlsPair> current() override;

    // The same, even if the files look as they did.
    void read_again();

  private:
    // What tells one version of a file from the next.
    struct Stamp {
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = 0;
        std::int64_t written_at = 0;  // nanoseconds

        bool operator==(const Stamp&) const = default;
    };
    using Stamps = std::array<Stamp, 2>;

    CertificateFiles(std::filesystem::path certificate, std::filesystem::path key);
    static Stamp stamp_of(const std::filesystem::path& file);
    Stamps stamps() const { return {stamp_of(certificate_), stamp_of(key_)}; }
    Result<http::TlsPair> read() const;
    void replace(const Stamps& seen);

    const std::filesystem::path certificate_, key_;
    std::mutex mutex_;  // of the two below
    Stamps seen_{};
    std::shared_ptr<const http::TlsPair> pair_;
};

}  // namespace custdkim
