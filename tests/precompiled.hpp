// What most tests include, beside what most sources do: cmake/precompiled.hpp.
#pragma once

#include "cmake/precompiled.hpp"

#include <catch2/catch.hpp>
