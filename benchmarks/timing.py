"""Taking times on a machine that also does other things: two sides turn by turn, and medians."""

import gc
from collections.abc import Callable, Sequence
from math import log
from statistics import linear_regression, median
from time import perf_counter
from typing import Any

Work = Callable[[], Any]


def seconds(work: Work) -> float:
    """How long it takes, once; what earlier work left behind is collected before."""
    gc.collect()
    began = perf_counter()
    work()
    return perf_counter() - began


def turns(ours: Work, theirs: Work, rounds: int) -> tuple[float, float]:
    """Median seconds of each, done in turns, so that whatever else the machine does slows both.

    Who begins changes with each round. What has to be done once (caches, connections) is done before, by the caller.
    """
    mine: list[float] = []
    other: list[float] = []
    for number in range(rounds):
        sides = [(ours, mine), (theirs, other)]
        for work, took in sides if number % 2 == 0 else reversed(sides):
            took.append(seconds(work))
    return median(mine), median(other)


def growth_exponent(sizes: Sequence[tuple[float, float]]) -> float:
    """The k in seconds ~ n ** k over (n, seconds): 1 = time grows as the number does, 2 = as its square."""
    return linear_regression([log(n) for n, _ in sizes], [log(took) for _, took in sizes]).slope


def rate(number: float, took: float, what: str) -> str:
    """`1,234 moves/s`."""
    return f"{number / took:,.0f} {what}/s"


def ms(took: float) -> str:
    return f"{took * 1000:,.1f} ms"
