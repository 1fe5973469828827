"""What every flow does around its plain function: open the home, run it, and leave a table behind."""

from collections.abc import Callable

from prefect.artifacts import create_table_artifact

from models.catalogue import use_language
from models.home import Home, time_now
from models.links import use_web_url
from models.opening import opened_home
from models.settings import Settings
from notifications.counts import Counts

Sweep = Callable[..., Counts]


def run_sweep(name: str, sweep: Sweep) -> dict[str, int]:
    """Returns the counts; they are also printed to the run's log and kept as its artifact."""
    settings = Settings()
    use_language(settings.lang)
    use_web_url(settings.web_url)
    with opened_home(settings) as home:
        counts = _run(sweep, home, settings)
    create_table_artifact(
        key=name,
        table=[{"what": what, "count": count} for what, count in counts.items()],
        description=f"What `{name}` counted.",
    )
    print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    return counts


def _run(sweep: Sweep, home: Home, settings: Settings) -> dict[str, int]:
    return sweep(home, settings, clock=lambda: time_now(settings, home)).as_dict()
