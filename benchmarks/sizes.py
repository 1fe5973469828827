"""How much is measured: as the bars mean it, or little enough to see in minutes that everything still runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    quick: bool = False

    def of(self, full: int, quick: int) -> int:
        """The number to take; figures of a quick run say nothing about the bars."""
        return quick if self.quick else full
