// The files of lab/misconfigurations, as they were when the program was built. cmake/EmbedFiles.cmake writes
// the table.
#pragma once

#include <span>
#include <string_view>

namespace custdkim::lab {

struct EmbeddedFile {
    std::string_view path, text;
};

std::span<const EmbeddedFile> embedded_misconfigurations();

}  // namespace custdkim::lab
