// Something to compile, so that cmake/precompiled.hpp is.
