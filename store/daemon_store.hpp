// One store behind all the ports that the daemon needs.
#pragma once

#include "base/descriptor.hpp"
#include "keys/access_store.hpp"
#include "keys/sender_store.hpp"
#include "keys/store.hpp"
#include "zone/administration_store.hpp"

namespace custdkim {

class DaemonStore : public Store, public AdministrationStore, public AccessStore, public SenderStore {
  public:
    // A copy of all of it, as it is at one moment, in a file without a name that is open for reading: a
    // SQLite database. Others go on meanwhile. `busy` while another copy is made; `refused` where a store has
    // nothing to copy.
    virtual Result<Descriptor> copy(Timestamp now) = 0;
};

}  // namespace custdkim
