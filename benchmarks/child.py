"""Measures one topic and writes its rows to stdout, one JSON document a line; run by benchmarks.topics."""

import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from benchmarks.sizes import Size


def main(words: Sequence[str]) -> None:
    topic, *options = words
    rows = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a topic or its children print is no row
    for row in import_module(f"benchmarks.{topic}").measure(Size(quick="--quick" in options)):
        rows.write(json.dumps(row.as_json()) + "\n")
        rows.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
