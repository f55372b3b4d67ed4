// Where the sources are, for tests that read documents and examples. The one object that knows: all others
// are the same in every checkout, and ccache finds them there.
#pragma once

#include <string>

namespace custdkim {

std::string source_dir();

}  // namespace custdkim
