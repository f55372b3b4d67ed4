#include "lab/up/service_keys.hpp"

namespace custdkim::lab {

Result<CustomerKey> ServiceKeys::find(const dns::Name& domain, const std::optional<std::string>& id) {
    const auto key = registry_.find(id.value_or(domain.text()));
    if (!key && !id && key.error().code == Errc::not_found) return no_key(domain);
    if (!key) return key.error();
    if (key->domain != domain) {
        return invalid("the key " + key->id + " is one of " + key->domain.text() + ", not of " +
                       domain.text());
    }
    CustomerKey customer{domain, {}, {}};
    for (std::size_t i = 0; i < customer.selectors.size(); ++i) {
        customer.selectors[i] = key->slots.at(i).selector;
        customer.targets[i] = record_name(*key, key->slots[i]);
    }
    return customer;
}

}  // namespace custdkim::lab
