"""The peer's side of taking turns: a number of moves comes in on a line, the seconds they took go out on one."""

import gc
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
"""As models.database and models.schema set them."""


def take_turns(move: Callable[[int], None], keys: Iterator[int]) -> None:
    """`move` one of `keys` after the other; a key is used once."""
    print("ready", flush=True)
    for line in sys.stdin:
        chosen = [next(keys) for _ in range(int(line))]
        gc.collect()
        began = perf_counter()
        for key in chosen:
            move(key)
        print(perf_counter() - began, flush=True)
