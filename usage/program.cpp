#include "usage/program.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "usage/manual.hpp"
#include "usage/tree.hpp"

namespace custdkim::usage {

namespace {

constexpr int done = 0, wrong_usage = 2;

int fail(const CLI::App& program, const std::string& sentence) {
    std::cerr << program.get_name() << ": " << sentence << std::endl;
    return wrong_usage;
}

int print_manual(const CLI::App& program, const std::string& file) {
    std::ifstream in(file);
    std::ostringstream page;
    if (!in || !(page << in.rdbuf())) return fail(program, file + " cannot be read");
    const auto filled = fill_manual(program, page.str());
    if (!filled) return fail(program, file + ": " + filled.error().detail);
    std::cout << *filled << std::flush;
    return done;
}

}  // namespace

CLI::App& add_verb_group(CLI::App& parent, const std::string& name, const std::string& what) {
    CLI::App* const group = parent.add_subcommand(name, what);
    group->require_subcommand(1);
    return *group;
}

void add_completion(CLI::App& program, Action& chosen) {
    CLI::App* const verb = program.add_subcommand("completion", "Print the completion script of a shell");
    auto shell = std::make_shared<std::string>();
    verb->add_option("SHELL", *shell, "`bash` or `zsh`")->required();
    verb->footer(
        "The Debian packages install both. By hand: where bash or zsh looks for such scripts, as "
        "`~/.local/share/bash-completion/completions/" +
        program.get_name() + "` or `_" + program.get_name() +
        "` in a directory of zsh's `fpath`.\n\n"
        "Example: source <(" +
        program.get_name() + " completion bash)");
    verb->callback([&program, &chosen, shell] {
        chosen = [&program, shell] {
            const auto script = completion_script(program.get_name(), *shell);
            if (!script) return fail(program, script.error().detail);
            std::cout << *script << std::flush;
            return done;
        };
    });
}

bool wants_json(int argc, const char* const* argv) {
    const auto* const end = std::find(argv, argv + argc, std::string_view("--"));
    return std::find(argv, end, std::string_view("--json")) != end;
}

std::optional<int> run_hidden(const CLI::App& program, int argc, const char* const* argv,
                              const ValuesOf& values_of) {
    const std::string_view verb = argc > 1 ? argv[1] : "";
    if (verb == "__complete") {
        std::cout << to_lines(complete(program, Words(argv + 2, argv + argc), values_of)) << std::flush;
        return done;
    }
    if (verb == "__manual" && argc == 3) return print_manual(program, argv[2]);
    return std::nullopt;
}

}  // namespace custdkim::usage
