"""What every flow does around its plain function: open the home, run it, and leave a table behind."""

from collections.abc import Callable

from prefect.artifacts import create_table_artifact

from models.catalogue import use_language
from models.home import time_now
from models.links import use_web_url
from models.opening import opened_home
from models.settings import Settings
from notifications.counts import Counts
from states.parts import WHOLE, Part

Sweep = Callable[..., Counts]


def run_sweep(name: str, sweep: Sweep, part: Part = WHOLE) -> dict[str, int]:
    """Returns the counts; they are also printed to the run's log and kept as its artifact."""
    settings = Settings()
    use_language(settings.lang)
    use_web_url(settings.web_url)
    with opened_home(settings) as home:
        counts = sweep(home, settings, clock=lambda: time_now(settings, home), part=part).as_dict()
    create_table_artifact(
        key=name,
        table=[{"what": what, "count": count} for what, count in counts.items()],
        description=f"What `{name}` counted{_of(part)}.",
    )
    print(f"{name}{_of(part)}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    return counts


def _of(part: Part) -> str:
    shared = f", part {part.shard + 1} of {part.of}" if part.of > 1 else ""
    return shared + (f", zone {part.zone}" if part.zone else "")
