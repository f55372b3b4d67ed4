#include "lab/serving/key_source.hpp"

namespace custdkim::lab {

Error no_key(const dns::Name& domain) {
    return {Errc::not_found, domain.text() + " has no key; create one first, or name selectors and targets"};
}

Result<CustomerKey> NoKeys::find(const dns::Name& domain, const std::optional<std::string>&) {
    return no_key(domain);
}

}  // namespace custdkim::lab
