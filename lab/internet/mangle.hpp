// Messages as broken servers send them: what can be said in a message is changed there, what no library
// writes is patched into the octets. Pure functions.
#pragma once

#include "lab/catalogue/misconfiguration.hpp"
#include "lab/wire/message.hpp"

namespace custdkim::lab {

void mangle_message(Mangle mangle, Message& response);
void mangle_octets(Mangle mangle, Bytes& octets);

}  // namespace custdkim::lab
