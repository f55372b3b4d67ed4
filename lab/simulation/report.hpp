// What a simulation found, as a table for people and as one JSON document. Pure functions.
#pragma once

#include <string>

#include "lab/simulation/simulate.hpp"

namespace custdkim::lab {

std::string report_text(const SimulationSettings& settings, const Simulation& simulation);
std::string report_json(const SimulationSettings& settings, const Simulation& simulation);

}  // namespace custdkim::lab
