"""What the senders of one batch write down: those who come while somebody is writing are written together, next.

Each waits until its own is written before it sends again, so that a kill doubles at most what is in the air.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Entry = TypeVar("Entry")
Answer = TypeVar("Answer")


@dataclass
class _Waiting(Generic[Entry]):
    entry: Entry
    written: bool = False
    failed: BaseException | None = None


@dataclass
class Ledger(Generic[Entry, Answer]):
    """`write` takes all that wait, in one transaction; who wrote them hears its answer, the others hear `nothing`."""

    write: Callable[[Sequence[Entry]], Answer]
    nothing: Answer
    _waiting: "deque[_Waiting[Entry]]" = field(default_factory=deque)
    _turn: Lock = field(default_factory=Lock)

    @property
    def waiting(self) -> int:
        """How many wait to be written."""
        return len(self._waiting)

    def enter(self, entry: Entry) -> Answer:
        """Raises what `write` raised, for each whose entry was in it."""
        ours = _Waiting(entry)
        self._waiting.append(ours)
        with self._turn:
            if not ours.written:
                return self._write_all()
        if ours.failed:
            raise ours.failed
        return self.nothing

    def _write_all(self) -> Answer:
        together: list[_Waiting[Entry]] = []
        while self._waiting:
            together.append(self._waiting.popleft())
        try:
            return self.write([one.entry for one in together])
        except BaseException as error:
            for one in together:
                one.failed = error
            raise
        finally:
            for one in together:
                one.written = True
