#include "lab/misconfigurations_command.hpp"

#include <iostream>

#include "lab/catalogue/catalogue_text.hpp"

namespace custdkim::lab {

namespace {

constexpr int done = 0, wrong = 2;

void print(const Catalogue& catalogue, const MisconfigurationsOptions& options) {
    std::cout << (options.json       ? list_json(catalogue)
                  : options.markdown ? list_markdown(catalogue)
                                     : list_text(catalogue))
              << std::flush;
}

}  // namespace

int misconfigurations_command(const MisconfigurationsOptions& options) {
    if (options.catalogue.empty()) {
        print(Catalogue::built_in(), options);
        return done;
    }
    const auto catalogue = Catalogue::read(options.catalogue);
    if (!catalogue) {
        std::cerr << "custdkim-lab: " << catalogue.error().detail << std::endl;
        return wrong;
    }
    print(*catalogue, options);
    return done;
}

}  // namespace custdkim::lab
