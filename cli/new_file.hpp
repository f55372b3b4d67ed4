// A file that is written aside and then takes the place of another in one step: whoever reads that finds the
// old one or the new one, whole. What is not finished is removed. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/result.hpp"

namespace custdkim::cli {

// What is said where a file must not be there.
Error already_there(const std::filesystem::path& file);

class NewFile {
  public:
    // For the place of `target`, in the same directory. Refuses a target that is no regular file.
    static Result<NewFile> beside(const std::filesystem::path& target);
    // For print(): without a name.
    static Result<NewFile> nameless();

    ~NewFile();
    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;

    Result<void> append(std::string_view text);
    Result<void> begin_again();  // empty, as at first

    // Flushed to the disk, and in its place.
    Result<void> take_place(mode_t mode = 0644);
    // Likewise, but only where nothing is yet: `conflict` otherwise.
    Result<void> take_free_place(mode_t mode);
    // Until then, of one that is not nameless().
    const std::filesystem::path& name() const { return name_; }
    // To standard output.
    Result<void> print();

  private:
    Result<void> place(mode_t mode, unsigned rename_flags);

    NewFile(Descriptor file, std::filesystem::path name, std::filesystem::path target);

    Descriptor file_;
    std::filesystem::path name_, target_;  // empty where there is none
};

}  // namespace custdkim::cli
