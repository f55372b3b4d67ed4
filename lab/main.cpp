#include "lab/command_line.hpp"

int main(int argc, char** argv) { return custdkim::lab::run(argc, argv); }
