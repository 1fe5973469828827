"""Which deployments many machines need: one for each flow, or one for each part of a flow that is shared out.

A deployment has one run at a time. Were the parts one deployment's, they would stand in each other's way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.schedule import SCHEDULE, FanOut, Scheduled


@dataclass(frozen=True)
class Planned:
    flow: Scheduled
    name: str
    parameters: Mapping[str, int] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.flow.name}/{self.name}"


def plan_deployments(*, shards: int = 1, senders: int = 1) -> tuple[Planned, ...]:
    """In the order of the table; parts are counted from 1 in names, as people do, and from 0 in parameters."""
    return tuple(one for flow in SCHEDULE for one in _of(flow, shards=shards, senders=senders))


def _of(flow: Scheduled, *, shards: int, senders: int) -> Iterator[Planned]:
    match flow.fan_out:
        case FanOut.SHARDS:
            for shard in range(shards):
                yield Planned(flow, part_name(flow, shard), {"shard": shard, "of": shards})
        case FanOut.SENDERS:
            for sender in range(senders):
                yield Planned(flow, part_name(flow, sender))
        case None:
            yield Planned(flow, flow.name)


def part_name(flow: Scheduled, part: int) -> str:
    """The first of several keeps its name, however many there are: what operators set for it stays."""
    return f"{flow.name}-{part + 1}"
