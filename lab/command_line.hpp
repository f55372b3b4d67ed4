// The program `custdkim-lab`: its verbs and their options.
#pragma once

namespace custdkim::lab {

// Parses the command line, does what it says, and returns the exit code.
int run(int argc, char** argv);

}  // namespace custdkim::lab
