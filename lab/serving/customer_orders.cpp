#include "lab/serving/customer_orders.hpp"

#include <functional>

namespace custdkim::lab {

namespace {

Error unknown_customer(const dns::Name& domain) {
    return {Errc::not_found, "the lab has no customer " + domain.text() +
                                 "; set one first: custdkim-lab customer set " + domain.text() + " healthy"};
}

}  // namespace

Result<Customer> CustomerOrders::set(const dns::Name& domain, const CustomerRequest& request) {
    const std::lock_guard lock(turn_of(domain));
    const auto key = key_for(domain, request);
    if (!key) return key.error();
    const auto before = internet_.find(domain);
    auto customer = make(*key, request);
    if (!customer) {
        restore(domain, before);
        return customer.error();
    }
    return customer;
}

Result<Customer> CustomerOrders::make(const CustomerKey& key, const CustomerRequest& request) {
    auto customer = internet_.set(key, request.misconfiguration, request.flavour);
    if (customer && request.zone) {
        customer = request.zone_name.empty()
                       ? internet_.replace_zone(key.domain, *request.zone)
                       : internet_.replace_zone(key.domain, *request.zone, request.zone_name);
    }
    if (!customer) return customer;
    const Misconfiguration* const misconfiguration = catalogue_.find(request.misconfiguration);
    const bool is_primed = misconfiguration && misconfiguration->primed && !request.zone;
    if (!is_primed) {
        if (!request.keep_cache) flush(key.domain);
        return customer;
    }
    if (const auto primed = prime(key, *misconfiguration, request.keep_cache); !primed) return primed.error();
    return internet_.set(key, request.misconfiguration, request.flavour);
}

// Resolvers are asked while the zone is still what it was before the edit; so they remember it.
Result<void> CustomerOrders::prime(const CustomerKey& key, const Misconfiguration& misconfiguration,
                                   bool keep_cache) {
    if (const auto sound = internet_.set(key, healthy); !sound) return sound.error();
    if (misconfiguration.before) {
        const auto edited = internet_.replace_zone(key.domain, *misconfiguration.before);
        if (!edited) return edited.error();
    }
    if (!keep_cache) flush(key.domain);
    for (const std::string& selector : key.selectors) {
        const auto owner = wire_name(selector + "._domainkey." + key.domain.text());
        if (!owner) return owner.error();
        for (const std::uint16_t type : {type::cname, type::txt}) {
            Message question;
            question.recursion_desired = true;
            question.questions.push_back({*owner, type});
            resolver_.resolve(question);
        }
    }
    const auto domain = wire_name(key.domain.text());
    if (other_ && domain) other_->remember(key.domain, resolver_.remembered(*domain));
    return {};
}

// After a refusal. What was there once can be set again.
void CustomerOrders::restore(const dns::Name& domain, const std::optional<Customer>& before) {
    if (!before) {
        (void)internet_.remove(domain);
        return;
    }
    const auto now = internet_.find(domain);
    const bool is_touched = !now || now->since != before->since || now->zone != before->zone ||
                            now->misconfiguration != before->misconfiguration ||
                            now->flavour != before->flavour;
    if (!is_touched) return;
    (void)internet_.set(before->key, before->misconfiguration, before->flavour);
    if (before->replaced) (void)internet_.replace_zone(domain, before->zone);
}

Result<CustomerKey> CustomerOrders::key_for(const dns::Name& domain, const CustomerRequest& request) {
    if (request.selectors.has_value() != request.targets.has_value()) {
        return invalid("selectors and targets go together; name both, or neither");
    }
    if (request.selectors) return CustomerKey{domain, *request.selectors, *request.targets};
    auto key = keys_.find(domain, request.key_id);
    if (key || key.error().code != Errc::not_found || request.key_id) return key;
    // A customer whose selectors and targets were named once keeps them.
    if (const auto customer = internet_.find(domain)) return customer->key;
    return key;
}

Result<Customer> CustomerOrders::fix(const dns::Name& domain, bool keep_cache) {
    const std::lock_guard lock(turn_of(domain));
    const auto customer = internet_.find(domain);
    if (!customer) return unknown_customer(domain);
    auto fixed = internet_.set(customer->key, healthy);
    if (fixed && !keep_cache) flush(domain);
    return fixed;
}

Result<bool> CustomerOrders::remove(const dns::Name& domain, bool keep_cache) {
    const std::lock_guard lock(turn_of(domain));
    if (!internet_.find(domain)) return false;
    if (const auto removed = internet_.remove(domain); !removed) return removed.error();
    if (!keep_cache) flush(domain);
    return true;
}

Result<Customer> CustomerOrders::find(const dns::Name& domain) const {
    if (auto customer = internet_.find(domain)) return std::move(*customer);
    return unknown_customer(domain);
}

void CustomerOrders::flush(const dns::Name& domain) {
    if (const auto name = wire_name(domain.text())) resolver_.flush(fold_case(*name));
    if (other_) other_->forget(domain);
}

std::mutex& CustomerOrders::turn_of(const dns::Name& domain) {
    return turns_[std::hash<std::string>()(domain.text()) % turns_.size()];
}

}  // namespace custdkim::lab
