#include "lab/misconfigurations_command.hpp"

#include <iostream>

#include "lab/catalogue/catalogue_text.hpp"
#include "lab/refusal.hpp"

namespace custdkim::lab {

namespace {

void print(const Catalogue& catalogue, const MisconfigurationsOptions& options) {
    if (!options.json && !options.markdown) {
        usage::print_table(list_rows(catalogue));
    } else {
        std::cout << (options.json ? list_json(catalogue) : list_markdown(catalogue)) << std::flush;
    }
}

}  // namespace

int misconfigurations_command(const MisconfigurationsOptions& options) {
    if (options.catalogue.empty()) {
        print(Catalogue::built_in(), options);
        return Exit::done;
    }
    const auto catalogue = Catalogue::read(options.catalogue);
    if (!catalogue) return fail(Exit::wrong, catalogue.error().detail, options.json);
    print(*catalogue, options);
    return Exit::done;
}

}  // namespace custdkim::lab
