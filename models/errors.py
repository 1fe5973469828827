"""What can go wrong, each with what happened and what to do; the words are in the catalogues."""

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from sqlite3 import SQLITE_FULL, SQLITE_IOERR_SHMSIZE

from models.catalogue import say
from models.people import Role

Value = str | int | None
Params = Mapping[str, Value]


@dataclass(frozen=True)
class Obstacle:
    """One reason why something may not happen: a rule's name and the figures that go into its text."""

    rule: str
    params: Params = field(default_factory=dict)
    owner: Role | None = None  # who has to act; whoever records the move where it is not said
    person: str | None = None  # their address, where somebody holds the role

    @property
    def reason(self) -> str:
        return say(f"obstacle.{self.rule}", **self._spoken)

    @property
    def fix(self) -> str:
        return say(f"obstacle.{self.rule}.fix", **self._spoken)

    @property
    def _spoken(self) -> Params:
        """Roles are codes in the trail and for scripts ("pokja/pimpinan_unit"); people hear what they call them."""
        codes = str(self.params.get("role") or "")
        if not codes:
            return self.params
        return {**self.params, "role": ", ".join(say(f"role.{code}") for code in codes.split("/"))}


@dataclass(frozen=True)
class Detail:
    """One thing wrong with an input file."""

    why: str
    file: str | None = None
    row: int | None = None  # counted as a spreadsheet does: the header is row 1
    column: str | None = None
    value: str | None = None


class PipelineError(Exception):
    """The base of everything that we refuse or report; `str(error)` is fit to show."""

    exit_code = 1
    status_code = 500
    code = "internal"

    def __init__(self, key: str, **params: Value) -> None:
        self.key = key
        self.params = params
        super().__init__(key)

    def __str__(self) -> str:
        return say(f"error.{self.key}", **self.params)

    @property
    def fix(self) -> str:
        return say(f"error.{self.key}.fix", **self.params)


class UsageError(PipelineError):
    """The command itself is wrong: an unknown word, a missing option."""

    exit_code = 2
    status_code = 400
    code = "usage"


class BadInput(PipelineError):
    """A value or a file that can't be taken; nothing of it was kept."""

    exit_code = 2
    status_code = 422
    code = "bad_input"

    def __init__(self, key: str, *, details: Sequence[Detail] = (), **params: Value) -> None:
        super().__init__(key, **params)
        self.details = tuple(details)


class AnswersRejected(BadInput):
    """Answers to an LKE that can't be taken; nothing was kept."""

    def __init__(self, details: Sequence[Detail]) -> None:
        super().__init__("answers_rejected", details=details, count=len(details))


class NotFound(PipelineError):
    exit_code = 4
    status_code = 404
    code = "not_found"


class IntegrityBroken(PipelineError):
    exit_code = 5
    code = "integrity"


class NotInitialised(PipelineError):
    code = "not_initialised"


class SchemaOld(PipelineError):
    code = "schema_old"


class SchemaNew(PipelineError):
    code = "schema_new"


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
UNWRITABLE = FULL | {errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
"""What the system says of a place that can't be written, whatever program asks."""

SQLITE_WITHOUT_ROOM = (SQLITE_FULL, SQLITE_IOERR_SHMSIZE)  # for what is written, and for the file that sharing needs
POSTGRES_FULL = "53100"  # disk_full, of PostgreSQL's error codes


class StorageFailed(PipelineError):
    """The disk or the database can't be written: read-only, full, out of reach."""

    status_code = 503
    code = "storage"

    @property
    def is_full(self) -> bool:
        """Whether room is all that is missing, told from what raised it."""
        cause = self.__cause__
        driver = getattr(cause, "orig", None)
        return (
            (isinstance(cause, OSError) and cause.errno in FULL)
            or getattr(driver, "sqlite_errorcode", None) in SQLITE_WITHOUT_ROOM
            or getattr(driver, "sqlstate", None) == POSTGRES_FULL
        )


class ClockBehind(PipelineError):
    """The clock stands before the trail's last record; writing on would falsify the order of events."""

    code = "clock"


@dataclass(frozen=True)
class Refusal:
    subject: str | None  # a candidacy's code, or another subject's
    obstacle: Obstacle


class Refused(PipelineError):
    """A rule, a role, a scope or a lost race says no; every obstacle is named."""

    exit_code = 3
    status_code = 409
    code = "refused"

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("refused", count=len(refusals))
        self.refusals = tuple(refusals)

    def __str__(self) -> str:
        return " · ".join(refusal.obstacle.reason for refusal in self.refusals)

    @classmethod
    def because(cls, rule: str, *, subject: str | None = None, **params: Value) -> "Refused":
        return cls([Refusal(subject, Obstacle(rule, params))])
