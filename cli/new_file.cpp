#include "cli/new_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace custdkim::cli {

namespace {

Error trouble(const std::string& what) {
    const auto code = errno == ENOSPC || errno == EDQUOT ? Errc::no_space : Errc::unavailable;
    return {code, what + ": " + std::strerror(errno)};
}

Result<void> write_all(int fd, std::string_view text, const std::string& where) {
    while (!text.empty()) {
        const ssize_t size = ::write(fd, text.data(), text.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return trouble(where + " cannot be written");
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return {};
}

// Opened, its name made unique.
Descriptor open_unique(std::string& name) {
    name += ".XXXXXX";
    return Descriptor(::mkostemp(name.data(), O_CLOEXEC));
}

}  // namespace

Error already_there(const std::filesystem::path& file) {
    return {Errc::conflict,
            "there is " + file.string() + " already; nothing is overwritten, name another file"};
}

Result<NewFile> NewFile::beside(const std::filesystem::path& target) {
    struct stat found {};
    if (::lstat(target.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
        return refused(target.string() + " is there and is no regular file; name another one");
    }
    std::string name = target.string();
    Descriptor file = open_unique(name);
    if (!file) return invalid("no file can be made beside " + target.string() + ": " + std::strerror(errno));
    return NewFile(std::move(file), name, target);
}

Result<NewFile> NewFile::nameless() {
    std::error_code error;
    const auto directory = std::filesystem::temp_directory_path(error);
    std::string name = (error ? "/tmp" : directory.string()) + "/custdkim";
    Descriptor file = open_unique(name);
    if (!file) return trouble("no file can be made in " + directory.string());
    ::unlink(name.c_str());
    return NewFile(std::move(file), "", "");
}

NewFile::NewFile(Descriptor file, std::filesystem::path name, std::filesystem::path target)
    : file_(std::move(file)), name_(std::move(name)), target_(std::move(target)) {}

NewFile::NewFile(NewFile&& other) noexcept
    : file_(std::move(other.file_)),
      name_(std::exchange(other.name_, {})),
      target_(std::exchange(other.target_, {})) {}

NewFile::~NewFile() {
    if (!name_.empty()) ::unlink(name_.c_str());
}

Result<void> NewFile::append(std::string_view text) {
    return write_all(file_.get(), text, name_.empty() ? "a temporary file" : name_.string());
}

Result<void> NewFile::begin_again() {
    if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0)
        return trouble(name_.string() + " cannot be emptied");
    return {};
}

Result<void> NewFile::take_place(mode_t mode) { return place(mode, 0); }

Result<void> NewFile::take_free_place(mode_t mode) { return place(mode, RENAME_NOREPLACE); }

Result<void> NewFile::place(mode_t mode, unsigned rename_flags) {
    if (::fchmod(file_.get(), mode) != 0 || ::fsync(file_.get()) != 0)
        return trouble(name_.string() + " cannot be finished");
    if (::renameat2(AT_FDCWD, name_.c_str(), AT_FDCWD, target_.c_str(), rename_flags) != 0) {
        if (errno == EEXIST) return already_there(target_);
        return trouble(target_.string() + " cannot be replaced");
    }
    name_.clear();
    const auto directory = target_.has_parent_path() ? target_.parent_path() : ".";
    const Descriptor parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent || ::fsync(parent.get()) != 0) return trouble(directory.string() + " cannot be flushed");
    return {};
}

Result<void> NewFile::print() {
    if (::lseek(file_.get(), 0, SEEK_SET) != 0) return trouble("a temporary file cannot be read");
    char block[1 << 16];
    for (;;) {
        const ssize_t size = ::read(file_.get(), block, sizeof block);
        if (size == 0) return {};
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return trouble("a temporary file cannot be read");
        const std::string_view text(block, static_cast<std::size_t>(size));
        if (const auto done = write_all(STDOUT_FILENO, text, "standard output"); !done) return done.error();
    }
}

}  // namespace custdkim::cli
