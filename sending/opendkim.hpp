// libopendkim's header, as C++ can read it: that is C, and names C's type for truth. Everybody who wants the
// library includes this file instead.
#pragma once

using _Bool = bool;

extern "C" {
#include <opendkim/dkim.h>
}
