// The files of api/console, as they were when the program was built. cmake/EmbedFiles.cmake writes the table.
#pragma once

#include <span>
#include <string_view>

namespace custdkim::api {

struct ConsoleFile {
    std::string_view path, text;  // "api/console/main.js"
};

std::span<const ConsoleFile> console_files();

}  // namespace custdkim::api
