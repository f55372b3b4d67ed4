"""Executes a program with sockets handed in, as sd_listen_fds(3) has it: from descriptor 3 on, with LISTEN_PID
being the program's own.

    listen_fds.py NAME=DESCRIPTOR[,NAME=DESCRIPTOR]... PROGRAM [ARGUMENT]...
"""

import fcntl
import os
import sys

FIRST = 3


def main():
    named = [item.split("=") for item in sys.argv[1].split(",")]
    # Out of the way first: a descriptor may be one of those that are wanted.
    moved = [fcntl.fcntl(int(descriptor), fcntl.F_DUPFD_CLOEXEC, FIRST + len(named)) for _, descriptor in named]
    for position, descriptor in enumerate(moved):
        os.dup2(descriptor, FIRST + position)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(named)),
                      LISTEN_FDNAMES=":".join(name for name, _ in named))
    os.execv(sys.argv[2], sys.argv[2:])


main()
