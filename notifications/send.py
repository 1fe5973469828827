"""The only sender: claims what is due, sends it outside any transaction, and records how that went.

At least once: a second copy is possible only where a process dies between sending and recording, or where a server
does not answer in time; it carries the same id.
"""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, col

from models.catalogue import say
from models.database import reading, transaction
from models.errors import StorageFailed
from models.home import Home
from models.inserts import insert_new
from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.people import Role
from models.sealing import unseal
from notifications.compose import compose
from notifications.counts import Counts
from notifications.expand import MAIL
from notifications.leases import claim, free_leases_of_dead, give_back, record
from notifications.letter import Letter
from notifications.mail import clear_drafts, write_mail
from notifications.parallel import in_parallel
from notifications.parcel import Parcel, load_parcels
from notifications.post import Outcome, post
from notifications.relevance import untrue
from states.notices import join_roles, place_columns, where_of

BATCH = 64  # deliveries claimed at a time
WIDTH = 8  # sent at the same time: more would be refused by common mail servers
BATCH_SECONDS = 60.0  # after this nobody is waited for any longer
ATTEMPTS = 20  # then it has failed: after about three days, so that a weekend without a server loses nothing
LONGEST_WAIT = timedelta(hours=6)

Clock = Callable[[], datetime]


def deliver_queued(*, home: Home, worker_id: str, clock: Clock, limit: int | None = None) -> Counts:
    """Send what is due, oldest first, until nothing is left or `limit` deliveries were taken.

    Raises StorageFailed when the mail folder or the database can't be written; what was not recorded by then is
    sent again later.
    """
    total, taken = Counts(), 0
    free_leases_of_dead(now=clock())
    clear_drafts(home.mail)
    while limit is None or taken < limit:
        ids = claim(now=clock(), worker_id=worker_id, limit=BATCH if limit is None else min(BATCH, limit - taken))
        if not ids:
            break
        taken += len(ids)
        total += _Batch(home, worker_id, clock).deliver(ids)
    return total


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4 ... minutes after the first, second, third ... attempt, six hours at most."""
    return min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_WAIT)


class _Batch:
    def __init__(self, home: Home, worker_id: str, clock: Clock) -> None:
        self.home = home
        self.worker_id = worker_id
        self.clock = clock

    def deliver(self, ids: list[int]) -> Counts:
        parcels, letters = self._load(ids)
        total = Counts()
        by_channel: dict[int, Parcel] = {}
        written: list[int] = []  # recorded together: a file that is there already counts as sent, so none is doubled
        for parcel in parcels:
            letter = letters[parcel.delivery_id]
            if letter is None:
                total += self._failed(parcel, Outcome(sent=False, error=say("delivery.no_words")), by_channel=False)
            elif parcel.sealed_url is not None:
                by_channel[parcel.delivery_id] = parcel
            elif self._into_folder(letter):
                written.append(parcel.delivery_id)
            else:
                total += self._failed(
                    parcel, Outcome(sent=False, error=say("delivery.bad_email"), for_good=True), by_channel=False
                )
        return total + self._sent(written) + self._by_channels(by_channel, letters)

    def _load(self, ids: list[int]) -> tuple[list[Parcel], dict[int, Letter | None]]:
        """What is still true, and its words as of now; the rest is cancelled."""
        with reading() as session:
            parcels = load_parcels(session, ids)
            gone = untrue(session, [parcel.outbox for parcel in parcels], now=self.clock())
            kept = [parcel for parcel in parcels if parcel.outbox.id not in gone]
            letters = compose(session, kept, now=self.clock()) if kept else {}
        cancelled = [parcel.delivery_id for parcel in parcels if parcel.outbox.id in gone]
        if cancelled:
            with transaction() as session:
                record(session, cancelled, worker_id=self.worker_id, state=DeliveryState.CANCELLED)
        return kept, letters

    def _into_folder(self, letter: Letter) -> bool:
        try:
            write_mail(letter, folder=self.home.mail, now=self.clock())
        except ValueError:  # an address that can't stand in a header
            return False
        return True

    def _by_channels(self, parcels: dict[int, Parcel], letters: dict[int, Letter | None]) -> Counts:
        jobs = {
            one: partial(_post, parcel, letter, self.home)
            for one, parcel in parcels.items()
            if (letter := letters[one]) is not None
        }
        total, unbegun = Counts(), []
        for one, future in in_parallel(jobs, width=WIDTH, seconds=BATCH_SECONDS):
            if future.cancelled():
                unbegun.append(one)
            else:
                total += self._ended(parcels[one], future)
        if unbegun:
            give_back(unbegun, worker_id=self.worker_id)
        return total

    def _ended(self, parcel: Parcel, future: Future[Outcome]) -> Counts:
        outcome = future.result() if future.done() else Outcome(sent=False, error=say("delivery.no_answer"))
        return self._sent([parcel.delivery_id]) if outcome.sent else self._failed(parcel, outcome)

    def _sent(self, ids: list[int]) -> Counts:
        if not ids:
            return Counts()
        with transaction() as session:
            return Counts(sent=self._record(session, ids, state=DeliveryState.SENT, sent_at=self.clock(), error=None))

    def _failed(self, parcel: Parcel, outcome: Outcome, *, by_channel: bool = True) -> Counts:
        attempts, now = parcel.attempts + 1, self.clock()
        if attempts < ATTEMPTS and not outcome.for_good:
            with transaction() as session:
                later = now + wait_after(attempts)
                ours = self._record(session, [parcel.delivery_id], next_try_at=later, error=outcome.error)
            return Counts(retrying=ours)
        with transaction() as session:
            ours = self._record(session, [parcel.delivery_id], state=DeliveryState.FAILED, error=outcome.error)
            queued = _after_giving_up(session, parcel, now=now) if ours and by_channel else 0
        return Counts(failed=ours, queued=queued)

    def _record(self, session: Session, ids: list[int], **values: object) -> int:
        return record(session, ids, worker_id=self.worker_id, attempts=col(Delivery.attempts) + 1, **values)


def _post(parcel: Parcel, letter: Letter, home: Home) -> Outcome:
    assert parcel.sealed_url is not None  # noqa: S101 - only these go by a channel
    try:
        url = unseal(parcel.sealed_url, key_file=home.channel_key)
    except StorageFailed as error:
        return Outcome(sent=False, error=str(error))
    return post(letter, url)


def _after_giving_up(session: Session, parcel: Parcel, *, now: datetime) -> int:
    """The message goes into the mail folder instead, and the koordinator hears of the channel, once."""
    notice: dict[str, object] = {
        "kind": Notice.UNREACHABLE,
        "subject": f"channel:{parcel.channel_id}",
        **place_columns(where_of(parcel.outbox)),
        "reference_id": parcel.delivery_id,
        "roles": join_roles([Role.KOORDINATOR]),
        "queued_at": now,
    }
    instead: dict[str, object] = {
        "message_id": parcel.message_id,
        "outbox_id": parcel.outbox.id,
        "person_id": parcel.person.id,
        "route": MAIL,
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "next_try_at": now,
        "queued_at": now,
    }
    insert_new(session, OutboxMessage, [notice])
    queued: int = insert_new(session, Delivery, [instead])
    return queued
