"""`zi` with every logger of the process speaking at DEBUG on stderr, as somebody might set it who looks for a fault.

`python -m tests.hardening.loud WORD...` is one command; without words each line of stdin is one, as a JSON list of its
words and its environment, and its exit code is printed after it.
"""

import json
import logging
import os
import sys

from zi.main import main

END = "--- ended with"


def run(words: list[str]) -> int:
    sys.argv = ["zi", *words]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)


def several() -> None:
    for line in sys.stdin:
        words, environment = json.loads(line)
        before = dict(os.environ)
        os.environ.update(environment)
        code = run(words)
        os.environ.clear()
        os.environ.update(before)
        print(END, code, flush=True)  # noqa: T201


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    if sys.argv[1:]:
        sys.exit(run(sys.argv[1:]))
    several()
