#include "lab/values.hpp"

#include "lab/catalogue/catalogue.hpp"

namespace custdkim::lab {

namespace {

usage::Candidates words_of(std::initializer_list<const char*> words) {
    usage::Candidates candidates;
    for (const char* const word : words) candidates.push_back({word, ""});
    return candidates;
}

}  // namespace

usage::Candidates values_of(std::string_view name, const usage::Words&) {
    if (name == "CLOCK") return words_of({"frozen", "system", "accelerated"});
    if (name == "STORE") return words_of({"memory", "file"});
    if (name == "SHELL") return words_of({"bash", "zsh"});
    if (name != "MISCONFIGURATION") return {};
    usage::Candidates candidates;
    for (const Misconfiguration& misconfiguration : Catalogue::built_in().all()) {
        candidates.push_back({misconfiguration.id, misconfiguration.title});
    }
    return candidates;
}

}  // namespace custdkim::lab
