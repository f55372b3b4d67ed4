// One store behind all the ports that the daemon needs.
#pragma once

#include "keys/store.hpp"
#include "zone/administration_store.hpp"

namespace custdkim {

class DaemonStore : public Store, public AdministrationStore {};

}  // namespace custdkim
