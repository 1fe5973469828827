"""How the story is told: its headings, and the flows that run in it."""

import json
from collections.abc import Callable
from importlib import import_module

from models.catalogue import say
from zi.output import line


def heading(name: str) -> None:
    line()
    line(say(f"demo.step.{name}"), style="bold yellow")


def flows(names: tuple[str, ...] = ("remind", "monev", "deliver")) -> None:
    """Run the flows through the Prefect server, as its schedules would."""
    for name in names:
        run: Callable[[], dict[str, int]] = getattr(import_module(f"flows.{name}"), name)
        counts = {what: count for what, count in run().items() if count}
        line(say("demo.flow", name=name, counts=json.dumps(counts).strip("{}") or "0"), style="magenta")
