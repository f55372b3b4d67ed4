// A program with two verbs, as ours are.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "usage/help.hpp"
#include "usage/program.hpp"

namespace custdkim::test {

struct MakeOptions {
    std::string thing;
    std::optional<std::string> colour;
    std::string file;
    std::string wait;
    bool json = false;
    std::string url = "http://127.0.0.1";
};

class SmallProgram {
  public:
    explicit SmallProgram(std::size_t width = 100) {
        usage::set_help(app, width);
        CLI::App& thing = usage::add_verb_group(app, "thing", "Things");
        const auto make = usage::add_verb<MakeOptions>(thing, chosen, "make", "Make a thing",
                                                       [](const MakeOptions&) { return 7; });
        make.app->add_option("THING", make.options.thing, "What to make")->required();
        make.app->add_option("--colour", make.options.colour, "`red` or `blue`, see [colours](colours.md)")
            ->type_name("COLOUR");
        make.app->add_option("--output", make.options.file, "Where to")->type_name("FILE");
        make.app->add_option("--paints", make.options.colour, "What with")->type_name("COLOUR[,COLOUR]...");
        make.app->add_option("--gloss", make.options.colour, "Whether")->type_name("on|off");
        make.app->add_flag("--wait{5m}", make.options.wait, "Wait")->type_name("DURATION");
        make.app->add_option("--secret", make.options.file, "Not for you")->group("");
        add_common(make);
        make.app->footer("It takes `long`.\n\nExample: small thing make one\n\nAnd long again.");
        add_common(usage::add_verb<MakeOptions>(app, chosen, "look", "Look around",
                                                [](const MakeOptions&) { return 0; }));
        usage::add_completion(app, chosen);
    }

    CLI::App app{"A small program.", "small"};
    usage::Action chosen;

  private:
    static void add_common(const usage::Verb<MakeOptions>& verb) {
        verb.app->add_flag("--json", verb.options.json, "Print JSON")->group("Common options");
        verb.app->add_option("--url", verb.options.url, "Where it is")
            ->type_name("URL")
            ->envname("SMALL_URL")
            ->capture_default_str()
            ->group("Common options");
    }
};

}  // namespace custdkim::test
