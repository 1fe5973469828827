"""The table of flows in Prefect's own terms."""

from datetime import timedelta

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.schedules import Interval, Schedule
from prefect.utilities.importtools import load_module

from flows.schedule import Scheduled

ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def flow_of(one: Scheduled) -> Flow[..., dict[str, int]]:
    flow: Flow[..., dict[str, int]] = getattr(load_module(f"flows.{one.name}"), one.name)
    return flow


def schedules_of(one: Scheduled, *, every: int | None) -> list[Schedule]:
    """Its times; or, in a sandbox that asks for it, every so many seconds for what can be tried so."""
    if every and one.tried:
        return [Interval(timedelta(seconds=every))]
    return [
        Interval(time.every, anchor_date=time.first, parameters=dict(time.parameters), slug=f"{one.name}-{number}")
        for number, time in enumerate(one.times)
    ]
