"""Whether units stand above each other as they may. Pure."""

from collections.abc import Mapping


def on_a_circle(parents: Mapping[str, str | None]) -> set[str]:
    """The codes that stand above themselves; each code is walked once, however long the chain."""
    found: set[str] = set()
    done: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at not in done and at not in path:
            path[at] = None
            at = parents.get(at)
        if at in path:
            way = list(path)
            found.update(way[way.index(at) :])
        done.update(path)
    return found
