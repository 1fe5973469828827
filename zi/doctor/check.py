"""What a check says: fine, a warning, or a failure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from models.catalogue import say


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """Its text is `doctor.ID.STATE` in the catalogues, what to do `doctor.ID.fix`."""

    id: str
    state: State
    params: dict[str, Any] = field(default_factory=dict)
    integrity: bool = False  # a failure means that the trail can't be trusted

    @property
    def text(self) -> str:
        return say(f"doctor.{self.id}.{self.state.value}", **self.params)

    @property
    def fix(self) -> str:
        return "" if self.state is State.OK else say(f"doctor.{self.id}.fix", **self.params)
