#include "lab/up/state_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/descriptor.hpp"
#include "base/log.hpp"
#include "keys/key_pair.hpp"

namespace custdkim::lab {

namespace {

constexpr std::string_view hexadecimal = "0123456789abcdef";
constexpr std::size_t token_length = 32, master_key_size = 32;

Error trouble(const std::filesystem::path& path) {
    return {Errc::unavailable, path.string() + ": " + std::strerror(errno)};
}

// Somebody else's directory, or one that others may write to, could hand us their secrets.
Result<void> check_ours(const std::filesystem::path& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return trouble(path);
    if (!S_ISDIR(found.st_mode))
        return refused(path.string() + " is no directory; name another with --state");
    if (found.st_uid != ::geteuid() || (found.st_mode & 077) != 0) {
        return refused(path.string() +
                       " is open to others; make it yours alone (chmod 700), or name another "
                       "with --state");
    }
    return {};
}

Result<void> write_file(const std::filesystem::path& file, std::string_view text) {
    const Descriptor open(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!open) return trouble(file);
    while (!text.empty()) {
        const ssize_t size = ::write(open.get(), text.data(), text.size());
        if (size < 0) return trouble(file);
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return {};
}

std::string new_master_key(Random& random) {
    Bytes key(master_key_size);
    random.fill(key);
    return to_base64(key);
}

}  // namespace

Result<StateDirectory> StateDirectory::open(const std::filesystem::path& path, Random& random) {
    StateDirectory state(std::filesystem::absolute(path));
    if (::mkdir(state.path_.c_str(), 0700) != 0 && errno != EEXIST) return trouble(state.path_);
    if (const auto ours = check_ours(state.path_); !ours) return ours.error();
    if (!std::filesystem::exists(state.token_file())) {
        const auto written = state.write(state.token_file(), random.text(token_length, hexadecimal) + "\n");
        if (!written) return written.error();
    }
    if (!std::filesystem::exists(state.master_key_file())) {
        const auto written = state.write(state.master_key_file(), new_master_key(random) + "\n");
        if (!written) return written.error();
    }
    return state;
}

Result<void> StateDirectory::write(const std::filesystem::path& file, std::string_view text) const {
    const std::filesystem::path whole = file.string() + ".new";
    if (const auto written = write_file(whole, text); !written) return written.error();
    if (::rename(whole.c_str(), file.c_str()) != 0) return trouble(file);
    return {};
}

Result<void> StateDirectory::write_endpoints(const Endpoints& endpoints) const {
    const nlohmann::ordered_json document{{"api", endpoints.api},
                                          {"lab", endpoints.lab},
                                          {"dns", endpoints.dns},
                                          {"socket", endpoints.socket.string()},
                                          {"token_file", endpoints.token_file.string()}};
    return write(path_ / "endpoints.json", document.dump(2) + "\n");
}

void StateDirectory::remove_endpoints() const {
    std::error_code ignored;
    std::filesystem::remove(path_ / "endpoints.json", ignored);
}

std::optional<Timestamp> StateDirectory::last_time() const {
    std::ifstream file(path_ / "clock");
    Duration::rep seconds = 0;
    if (!(file >> seconds)) return std::nullopt;
    return Timestamp(Duration(seconds));
}

void StateDirectory::keep_time(Timestamp now) const {
    const auto written = write(path_ / "clock", std::to_string(now.time_since_epoch().count()) + "\n");
    if (!written) log_warning("the lab's time could not be kept", {{"reason", written.error().detail}});
}

std::filesystem::path usual_state_directory() {
    return std::filesystem::temp_directory_path() / ("custdkim-lab-" + std::to_string(::geteuid()));
}

}  // namespace custdkim::lab
