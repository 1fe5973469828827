"""Runs a command that ends with the process that started it: `python -m zi.up.tether PARENT COMMAND...`.

A supervisor that is killed can't stop its children. Linux does it: the signal is asked for here, and outlives execv
(prctl(2), PR_SET_PDEATHSIG). Elsewhere the command just runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we could ask
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the supervisor's own words


if __name__ == "__main__":
    main()
