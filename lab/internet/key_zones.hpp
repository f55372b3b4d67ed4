// What the fake internet knows of the key zones: where they are, and the TXT at a customer's target. Asking
// may take seconds: no lock is held meanwhile. Thread-safe.
#pragma once

#include "lab/internet/internet.hpp"

namespace custdkim::lab {

class KeyZones {
  public:
    // Reads the list of zones once; they do not change while a lab runs.
    explicit KeyZones(KeyZoneServer& server);

    const std::vector<WireName>& names() const { return names_; }  // folded
    bool holds(const WireName& folded) const;

    Reply ask(const Message& question, Transport transport) const { return server_.ask(question, transport); }
    // The TXT records at a name; none if they are not there, or cannot be had.
    std::vector<ResourceRecord> texts(const WireName& name) const;

  private:
    KeyZoneServer& server_;
    std::vector<WireName> names_;
};

}  // namespace custdkim::lab
