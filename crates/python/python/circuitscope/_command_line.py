"""The console script `circuitscope`: the same command line through the same library."""

from __future__ import annotations

import signal
import sys

from circuitscope._circuitscope import command_line


def main() -> int:
    """Runs the command of `sys.argv`; returns its exit code."""
    # Python's handler would only note Ctrl-C until the command is over; commands that can go on later set their own.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return command_line(["circuitscope", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
