"""What has to be true of a home at any moment, whatever was killed, cut off or full just before."""

from collections import Counter
from hashlib import sha256

from sqlalchemy import func, select
from sqlmodel import col

from models.agencies import Unit
from models.audit import AuditRecord
from models.candidacies import Candidacy, StageEntry
from models.database import reading
from models.documents import Document
from models.evidence import Evidence
from models.files import INCOMING, path_of
from models.home import Home
from models.lke import Answer, Layer, LayerSummary
from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.obligations import Obligation, ObligationState, Said
from states.verify import verify_trail
from tests.replay import replay


def assert_whole(home: Home) -> None:
    """The trail, the tables and the files agree with each other, and none of them is half written."""
    _trail_tells_the_stages()
    _every_stay_is_known()
    _what_is_owed_has_its_stay()
    _summaries_are_of_these_answers()
    _files_are_whole(home)
    _mails_are_whole(home)


def _trail_tells_the_stages() -> None:
    with reading() as session:
        verdict = verify_trail(session)
        assert verdict.ok, verdict
        leaves = session.execute(select(col(AuditRecord.leaf)).order_by(col(AuditRecord.seq))).scalars()
        told = replay(leaves)
        rows = session.execute(select(col(Candidacy.code), col(Candidacy.stage)))
        assert told == {code: stage for code, stage in rows}


def _every_stay_is_known() -> None:
    """One that is not left yet, in the candidacy's own stage; and each but the first was told to somebody."""
    with reading() as session:
        current = select(col(StageEntry.candidacy_id), col(StageEntry.stage)).where(col(StageEntry.left_at).is_(None))
        stays = [(candidacy, stage) for candidacy, stage in session.execute(current)]
        rows = session.execute(select(col(Candidacy.id), col(Candidacy.stage)))
        assert sorted(stays) == sorted((candidacy, stage) for candidacy, stage in rows)
        entries = session.execute(select(col(StageEntry.id), col(StageEntry.move))).all()
        subjects = select(col(OutboxMessage.subject)).where(col(OutboxMessage.kind) == Notice.MOVED)
        told = set(session.execute(subjects).scalars())
        assert told == {f"entry:{entry}" for entry, move in entries if move != "open"}


def _what_is_owed_has_its_stay() -> None:
    with reading() as session:
        open_ones = (
            select(col(StageEntry.left_at), col(StageEntry.candidacy_id), col(Obligation.candidacy_id))
            .join_from(Obligation, StageEntry, col(StageEntry.id) == col(Obligation.entry_id), isouter=True)
            .where(col(Obligation.state) == ObligationState.OPEN)
        )
        for left_at, of_stay, of_obligation in session.execute(open_ones):
            assert of_stay == of_obligation
            assert left_at is None
        sent = set(session.execute(select(col(Delivery.message_id))).scalars())
        said = session.execute(select(col(Said.message_id)).where(col(Said.covered_by).is_(None))).scalars()
        assert set(said) <= sent


def _summaries_are_of_these_answers() -> None:
    with reading() as session:
        answers = select(col(Answer.candidacy_id), func.count()).where(
            col(Answer.layer) == Layer.UNIT, col(Answer.value).is_not(None)
        )
        counted = {one: count for one, count in session.execute(answers.group_by(col(Answer.candidacy_id)))}
        summaries = select(col(LayerSummary.candidacy_id), col(LayerSummary.answered))
        kept = {one: count for one, count in session.execute(summaries.where(col(LayerSummary.layer) == Layer.UNIT))}
        assert kept == counted


def _files_are_whole(home: Home) -> None:
    for path in home.files.rglob("*"):
        if path.is_file() and not path.name.startswith(INCOMING):
            assert sha256(path.read_bytes()).hexdigest() == path.parent.name + path.name
    with reading() as session:
        for table in (Document, Evidence):
            hashes = session.execute(select(col(table.file_hash)).where(col(table.file_hash).is_not(None))).scalars()
            for digest in hashes:
                assert path_of(digest or "", folder=home.files).is_file()


def _mails_are_whole(home: Home) -> None:
    """Each ends with its own number; what is recorded as sent by this way lies there."""
    mails = {path.stem: path for path in home.mail.glob("[!.]*.eml")}
    assert all(path.read_bytes().endswith(b"\r\n") and stem in path.read_text() for stem, path in mails.items())
    with reading() as session:
        by_mail = select(col(Delivery.message_id)).where(
            col(Delivery.state) == DeliveryState.SENT, col(Delivery.route) == "mail"
        )
        assert set(session.execute(by_mail).scalars()) <= set(mails)


def units_of_files() -> Counter[str]:
    """How many units each imported file left; their codes begin with the file's name."""
    with reading() as session:
        codes = session.execute(select(col(Unit.code)).where(col(Unit.code).contains("."))).scalars()
        return Counter(code.partition(".")[0] for code in codes)
