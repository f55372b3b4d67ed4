// The publisher port: where the records of keys become visible. Implemented by zone/. Thread-safe.
#pragma once

#include <string_view>

#include "keys/key.hpp"
#include "keys/serial.hpp"

namespace custdkim {

class Publisher {
  public:
    virtual ~Publisher() = default;

    // A configured static record of the zone stands at or below this label: no key may have it.
    virtual bool is_reserved(const dns::Name& zone, std::string_view label) const = 0;

    // Shows what the key's slots publish now, and the zone's serial, in one step.
    virtual void publish(const Key& key, Serial serial) = 0;

    // Takes the key's records out of the zone, and shows the serial, in one step.
    virtual void withdraw(const Key& key, Serial serial) = 0;
};

}  // namespace custdkim
