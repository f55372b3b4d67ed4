#include "usage/help.hpp"

#include <algorithm>
#include <memory>

#include "usage/terminal.hpp"
#include "usage/tree.hpp"

namespace custdkim::usage {

namespace {

constexpr std::size_t widest = 100, narrowest = 60;

// Of the column with the names of options and verbs.
std::size_t name_width(std::size_t width) { return std::min<std::size_t>(34, width * 2 / 5); }

class HelpFormatter final : public CLI::Formatter {
  public:
    explicit HelpFormatter(std::size_t width) : width_(width) { column_width(name_width(width)); }

    std::string make_usage(const CLI::App* app, std::string) const override {
        std::string text = "\nUsage: " + full_name(*app);
        for (const CLI::Option* const positional : positionals_of(*app)) {
            const std::string name = positional->get_name(true, false);
            text += positional->get_required() ? " " + name : " [" + name + "]";
        }
        if (!verbs_of(*app).empty()) text += " VERB";
        return text + " [OPTIONS]\n";
    }

    std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
        if (is_positional) return option->get_name(true, false);
        const auto& letters = option->get_snames();
        return (letters.empty() ? "" : "-" + letters.front() + ",") + shape(*option);
    }

    std::string make_option_opts(const CLI::Option*) const override { return ""; }

    std::string make_option_desc(const CLI::Option* option) const override {
        std::string text = plain(option->get_description());
        if (!option->get_default_str().empty()) text += " (default: " + option->get_default_str() + ")";
        if (!option->get_envname().empty()) text += " [" + option->get_envname() + "]";
        return wrapped(text, text_width());
    }

    std::string make_description(const CLI::App* app) const override {
        return wrapped(plain(app->get_description()), width_) + "\n";
    }

    std::string make_subcommand(const CLI::App* verb) const override {
        std::stringstream out;
        CLI::detail::format_help(out, verb->get_name(), wrapped(plain(verb->get_description()), text_width()),
                                 name_width(width_));
        return out.str();
    }

    std::string make_footer(const CLI::App* app) const override {
        std::string text;
        for (const std::string& paragraph : texts_of(*app)) {
            text += (text.empty() ? "" : "\n") + wrapped(plain(paragraph), width_) + "\n";
        }
        const auto examples = examples_of(*app);
        if (!examples.empty()) text += (text.empty() ? "" : "\n") + std::string("Examples:\n");
        for (const std::string& example : examples) text += "  " + example + "\n";
        return text;
    }

  private:
    std::size_t text_width() const { return width_ - name_width(width_); }

    const std::size_t width_;
};

}  // namespace

std::size_t help_width() { return std::clamp(standard_output().width.value_or(widest), narrowest, widest); }

void set_help(CLI::App& program, std::size_t width) {
    program.formatter(std::make_shared<HelpFormatter>(width));
}

}  // namespace custdkim::usage
