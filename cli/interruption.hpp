// Ctrl-C while there is something to clean up or to end: a flag instead of the end of the program. The second
// signal ends it as ever. One at a time.
#pragma once

namespace custdkim::cli {

class Interruption {
  public:
    Interruption();   // takes SIGINT, SIGTERM and SIGHUP
    ~Interruption();  // gives them back
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    static bool came();

    // Ends the program by the signal that came, so that the shell sees what ended it. Call it when all is
    // clean.
    [[noreturn]] static void end();
};

}  // namespace custdkim::cli
