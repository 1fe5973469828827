"""From when on monev says something: the settings that its rules go by."""

from dataclasses import dataclass

from models.settings import Settings


@dataclass(frozen=True)
class Limits:
    idle_days: int = 30  # without any record
    expiry_days: int = 30  # before a fact, a piece of evidence or a report's date is over
    gap_points: int = 10  # of the total
    gap_percent: int = 20  # of an area's weight

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(settings.idle_days, settings.expiry_days, settings.gap_points, settings.gap_percent)
