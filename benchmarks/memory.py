"""The most memory that a process ever held."""

import re
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any, Generic, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")

OF_LINUX = Path("/proc/self/status")


@dataclass(frozen=True)
class Apart(Generic[Result]):
    """What came of work done in a process of its own."""

    result: Result
    seconds: float  # of the work itself, without starting the process
    peak: float  # MiB of resident memory, with the interpreter and all that was imported
    grown: float  # MiB of it that the work added


def peak_memory() -> float:
    """MiB that this process held at most, up to now.

    Linux hands the parent's peak on to what it starts as `ru_maxrss`, so its own figure is asked for.
    """
    if OF_LINUX.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", OF_LINUX.read_text(encoding="ascii"))):
        return int(found[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def apart(work: Callable[Given, Result], *values: Given.args, **named: Given.kwargs) -> Apart[Result]:
    """Do it in a fresh process. `work` is a function of a module, and its values can be pickled."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_watched, work, values, named).result()


def _watched(work: Callable[..., Any], values: tuple[Any, ...], named: dict[str, Any]) -> Apart[Any]:
    before = peak_memory()
    began = perf_counter()
    result = work(*values, **named)
    took = perf_counter() - began
    return Apart(result, took, peak_memory(), peak_memory() - before)
