#include "cli/command_line.hpp"

int main(int argc, char** argv) { return custdkim::cli::run(argc, argv); }
