"""The only sender: claims what is due, sends it outside any transaction, and records how that went.

At least once: a second copy is possible only where a process dies between sending and recording, or where a server
does not answer in time; it carries the same id.
"""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import func, literal
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from models.catalogue import say, speaking
from models.database import reading, transaction
from models.errors import StorageFailed
from models.home import Home
from models.messages import Delivery, DeliveryState
from models.people import Person
from models.preferences import Preference
from models.sealing import unseal
from notifications.compose import compose
from notifications.counts import Counts
from notifications.giving_up import by_the_next, mark, unmark
from notifications.holding import load_holds
from notifications.leases import bring_back, claim, free_leases_of_dead, give_back, put_off_channel, record
from notifications.ledger import Ledger
from notifications.letter import Letter
from notifications.mail import clear_drafts, write_mail
from notifications.parallel import in_parallel
from notifications.parcel import Parcel, load_parcels
from notifications.patience import MOST_ATTEMPTS, patience_ends, wait_after
from notifications.post import Outcome, post
from notifications.rates import UNLIMITED, Rates
from notifications.relevance import untrue
from notifications.routes import channels_left

BATCH = 128  # deliveries claimed at a time: what is looked up for one is looked up for all of them
WIDTH = 8  # sent at the same time: more would be refused by common mail servers
BATCH_SECONDS = 60.0  # after this nobody is waited for any longer
OURS_AGAIN = timedelta(minutes=5)  # until our own key is looked for again

Clock = Callable[[], datetime]


def deliver_queued(
    *, home: Home, worker_id: str, clock: Clock, limit: int | None = None, rates: Rates = UNLIMITED
) -> tuple[Counts, set[datetime]]:
    """Send what is due, oldest first, until nothing is left or `limit` deliveries were taken; what that came to, and
    the minutes to which what is over a rate was put off.

    Raises StorageFailed when the mail folder or the database can't be written; what was not recorded by then is
    sent again later.
    """
    total, taken = Counts(), 0
    room: set[datetime] = set()
    free_leases_of_dead(now=clock())
    bring_back(now=clock())
    clear_drafts(home.mail)
    while limit is None or taken < limit:
        most = BATCH if limit is None else min(BATCH, limit - taken)
        claimed = claim(now=clock(), worker_id=worker_id, limit=most, rates=rates)
        room.update(claimed.room)
        if not claimed.ids:
            break
        taken += len(claimed.ids)
        total += _Batch(home, worker_id, clock).deliver(claimed.ids)
    return total, room


def send_test(person: Person, url: str) -> Outcome:
    """A short message that asks for nothing, to see whether this address takes one. Nothing is recorded."""
    with reading() as session:
        wanted = session.get(Preference, person.id)
    with speaking(wanted.language if wanted else None):
        number = str(uuid4())
        body = say("channel.test.body", name=person.name) + "\n\n" + say("message.id", id=number) + "\n"
        letter = Letter(number, person.name, person.email, say("channel.test.subject"), body=body, short=body)
    return post(letter, url)


class _Batch:
    def __init__(self, home: Home, worker_id: str, clock: Clock) -> None:
        self.home = home
        self.worker_id = worker_id
        self.clock = clock
        self.arrived = Ledger(self._all_sent, Counts())

    def deliver(self, ids: list[int]) -> Counts:
        parcels, letters, held = self._load(ids)
        total = Counts(held=held)
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

    def _load(self, ids: list[int]) -> tuple[list[Parcel], dict[int, Letter | None], int]:
        """What is still true and may go now, with its words; the rest is cancelled, or held, which is no attempt."""
        now = self.clock()
        with reading() as session:
            parcels = load_parcels(session, ids)
            gone = untrue(session, [parcel.outbox for parcel in parcels], now=now)
            still = [parcel for parcel in parcels if parcel.outbox.id not in gone]
            held = _held(session, still, now=now)
            kept = [parcel for parcel in still if parcel.delivery_id not in held]
            letters = compose(session, kept, now=now) if kept else {}
        cancelled = [parcel.delivery_id for parcel in parcels if parcel.outbox.id in gone]
        if not cancelled and not held:
            return kept, letters, 0
        with transaction() as session:
            record(session, cancelled, worker_id=self.worker_id, state=DeliveryState.CANCELLED)
            put_off = [
                record(
                    session,
                    [one for one, at in held.items() if at == until],
                    worker_id=self.worker_id,
                    next_try_at=until,
                )
                for until in sorted(set(held.values()))
            ]
        return kept, letters, sum(put_off)

    def _into_folder(self, letter: Letter) -> bool:
        try:
            write_mail(letter, folder=self.home.mail, now=self.clock())
        except ValueError:  # an address that can't stand in a header
            return False
        return True

    def _by_channels(self, parcels: dict[int, Parcel], letters: dict[int, Letter | None]) -> Counts:
        jobs = {
            one: partial(self._by_channel, parcel, letter)
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

    def _by_channel(self, parcel: Parcel, letter: Letter) -> Counts:
        """Send, and go on once it is recorded: a kill doubles at most what is in the air, WIDTH messages."""
        outcome = _post(parcel, letter, self.home)
        return self.arrived.enter(parcel) if outcome.sent else self._failed(parcel, outcome)

    def _ended(self, parcel: Parcel, future: Future[Counts]) -> Counts:
        if future.done():
            return future.result()
        return self._failed(parcel, Outcome(sent=False, error=say("delivery.no_answer")))

    def _all_sent(self, parcels: Sequence[Parcel]) -> Counts:
        marked = {one.channel_id for one in parcels if one.marked and one.channel_id is not None}
        return self._sent(sorted(one.delivery_id for one in parcels), marked)

    def _sent(self, ids: list[int], marked: Collection[int] = ()) -> Counts:
        """Recorded together; the channels that were marked work again."""
        if not ids:
            return Counts()
        with transaction() as session:
            for channel in sorted(marked):
                unmark(session, channel)
            return Counts(sent=self._record(session, ids, state=DeliveryState.SENT, sent_at=self.clock(), error=None))

    def _failed(self, parcel: Parcel, outcome: Outcome, *, by_channel: bool = True) -> Counts:
        now = self.clock()
        with transaction() as session:
            if outcome.ours:
                later = {"next_try_at": now + OURS_AGAIN, "error": outcome.error}
                return Counts(retrying=record(session, [parcel.delivery_id], worker_id=self.worker_id, **later))
            again = _next_try(session, parcel, outcome, now=now)
            if again is not None:
                ours = self._record(session, [parcel.delivery_id], next_try_at=again, error=outcome.error)
                if ours and outcome.wait and parcel.channel_id is not None:
                    put_off_channel(session, parcel.channel_id, to=again)
                return Counts(retrying=ours)
            ours = self._record(session, [parcel.delivery_id], state=DeliveryState.FAILED, error=outcome.error)
            queued = 0
            if ours and by_channel:
                queued = by_the_next(session, parcel, now=now)
                mark(session, parcel, outcome, now=now)
            return Counts(failed=ours, queued=queued)

    def _record(self, session: Session, ids: list[int], **values: object) -> int:
        return record(
            session,
            ids,
            worker_id=self.worker_id,
            attempts=col(Delivery.attempts) + 1,
            first_tried_at=func.coalesce(col(Delivery.first_tried_at), literal(self.clock(), UTCDateTime())),
            **values,
        )


def _held(session: Session, parcels: Sequence[Parcel], *, now: datetime) -> dict[int, datetime]:
    """The deliveries whose people want to be left alone now, a retry at night like any other; and until when."""
    people = {parcel.person.id for parcel in parcels}
    holds = load_holds(session, [parcel.outbox for parcel in parcels], people, now=now)
    until = {parcel.delivery_id: holds.until(parcel.outbox, parcel.person.id, now=now) for parcel in parcels}
    return {delivery: moment for delivery, moment in until.items() if moment is not None}


def _next_try(session: Session, parcel: Parcel, outcome: Outcome, *, now: datetime) -> datetime | None:
    """When this channel is tried again; None where it is given up.

    The last attempt is made when patience ends. A server that wants to be left alone for longer, and a channel that
    failed before and has not worked since, are not waited for while there is another one.
    """
    attempt = parcel.attempts + 1
    if outcome.for_good or attempt >= MOST_ATTEMPTS:
        return None
    others = bool(channels_left(session, {parcel.message_id: parcel.person.id}, now=now)[parcel.message_id])
    end = patience_ends(parcel.outbox, since=parcel.first_tried_at or now, others_left=others)
    if now >= end or (parcel.marked and others):
        return None
    if outcome.wait and now + outcome.wait > end:
        return None
    again = now + max(wait_after(attempt, message_id=parcel.message_id), outcome.wait or timedelta(0))
    return min(again, end)


def _post(parcel: Parcel, letter: Letter, home: Home) -> Outcome:
    assert parcel.sealed_url is not None  # noqa: S101 - only these go by a channel
    try:
        url = unseal(parcel.sealed_url, key_file=home.channel_key)
    except StorageFailed as error:
        return Outcome(sent=False, error=str(error), ours=True)
    return post(letter, url)
