"""What every page stands on: the settings, the opened home, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.home import Home
from models.settings import Settings
from states.accounts.signing_in import Limits
from web.throttle import Throttle

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class WebDesk:
    settings: Settings
    home: Home
    clock: Clock
    throttle: Throttle = field(default_factory=Throttle)

    @property
    def limits(self) -> Limits:
        return Limits(
            idle=timedelta(minutes=self.settings.session_idle_minutes),
            longest=timedelta(hours=self.settings.session_hours),
        )

    @property
    def is_https(self) -> bool:
        """Whether browsers reach these pages by HTTPS only: then cookies go by nothing else."""
        return (self.settings.web_url or "").startswith("https://")
