"""Runs a command that ends with the process that started it: `python -m zi.up.tether PARENT COMMAND...`.

A supervisor that is killed can't stop its children. Linux tells the tether (prctl(2), PR_SET_PDEATHSIG), which asks its
command to end, and ends the whole group when that takes too long: a runner of flows whose server is gone as well waits
for it in vain. Elsewhere the command just runs.
"""

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress

from zi.up.stop import Stop

PR_SET_PDEATHSIG = 1
LOOK = 0.2  # seconds between two looks
LEAVE = 12.0  # seconds from asking to killing; the supervisor itself waits a little longer


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    ends_with_parent(signal.SIGTERM)
    if os.getppid() != parent:  # it died before we could ask
        sys.exit(1)
    process = subprocess.Popen(command, preexec_fn=lambda: ends_with_parent(signal.SIGKILL))  # noqa: PLW1509, S603
    stop = Stop()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while process.poll() is None and not stop.wait(LOOK):
        pass
    sys.exit(process.wait() if process.poll() is not None else end(process))


def ends_with_parent(how: signal.Signals) -> None:
    """Have the system send this signal to this process when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)


def end(process: "subprocess.Popen[bytes]") -> int:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        return process.wait(LEAVE)
    os.killpg(0, signal.SIGKILL)  # ours: the supervisor gave us a group of our own
    return 1


if __name__ == "__main__":
    main()
