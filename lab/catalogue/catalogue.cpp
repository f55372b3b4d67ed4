#include "lab/catalogue/catalogue.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "lab/catalogue/embedded_files.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t longest_file = 64 * 1024;

Result<std::string> contents(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(longest_file + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || !in.is_open()) return invalid(file.string() + ": cannot be read");
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > longest_file) return invalid(file.string() + ": is longer than 64 KiB");
    return text;
}

Result<Misconfiguration> read_file(const std::filesystem::path& file) {
    const auto text = contents(file);
    if (!text) return text.error();
    return Catalogue::parse(*text, file.string());
}

}  // namespace

const Flavour* Misconfiguration::flavour(std::string_view wanted) const {
    if (wanted.empty()) return &flavours.front();
    for (const Flavour& flavour : flavours) {
        if (flavour.id == wanted) return &flavour;
    }
    return nullptr;
}

const std::string& Misconfiguration::seen_as_of(const Flavour& flavour) const {
    if (!flavour.seen_as.empty()) return flavour.seen_as;
    return seen_as.empty() || flavour.harmless ? cause : seen_as;
}

Catalogue::Catalogue(std::vector<Misconfiguration> all) : all_(std::move(all)) {
    std::sort(all_.begin(), all_.end(), [](const Misconfiguration& a, const Misconfiguration& b) {
        return a.group != b.group ? a.group < b.group : a.id < b.id;
    });
}

const Catalogue& Catalogue::built_in() {
    static const Catalogue catalogue = [] {
        std::vector<Misconfiguration> all;
        for (const EmbeddedFile& file : embedded_misconfigurations()) {
            auto read = parse(file.text, std::string(file.path));
            if (!read) throw std::logic_error(read.error().detail);  // a test reads them all
            all.push_back(std::move(*read));
        }
        return Catalogue(std::move(all));
    }();
    return catalogue;
}

Result<Catalogue> Catalogue::read(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (entry->path().extension() == ".toml") files.push_back(entry->path());
    }
    if (failure) return invalid(folder.string() + " cannot be read: " + failure.message());
    if (files.empty()) return invalid(folder.string() + " has no misconfigurations: no file ends in .toml");
    std::sort(files.begin(), files.end());
    std::vector<Misconfiguration> all;
    std::string problems;
    for (const std::filesystem::path& file : files) {
        auto read = read_file(file);
        if (read) {
            all.push_back(std::move(*read));
        } else {
            problems += (problems.empty() ? "" : "\n") + read.error().detail;
        }
    }
    if (!problems.empty()) return invalid(problems);
    return Catalogue(std::move(all));
}

const Misconfiguration* Catalogue::find(std::string_view id) const {
    for (const Misconfiguration& misconfiguration : all_) {
        if (misconfiguration.id == id) return &misconfiguration;
    }
    return nullptr;
}

}  // namespace custdkim::lab
