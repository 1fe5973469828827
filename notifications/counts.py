"""What a run of remind, deliver or monev did, in figures."""

from dataclasses import asdict, astuple, dataclass


@dataclass(frozen=True)
class Counts:
    planned: int = 0  # rungs that came due and were put into the outbox
    queued: int = 0  # deliveries written: one message to one person by one channel
    sent: int = 0
    failed: int = 0  # given up
    retrying: int = 0  # failed for now, tried again later
    held: int = 0  # waiting for the end of quiet hours

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def as_dict(self) -> dict[str, int]:
        return asdict(self)
