"""Sample values for every kind of message: what a preview shows, and what the tests take to the extreme."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from models.catalogue import Word, say
from models.messages import Notice
from models.notes import DASH, TreeHead
from models.obligations import ObligationKind
from models.stages import Stage
from notifications.backlog_words import Question, Wanting
from notifications.checkpoint_words import checkpoint_words
from notifications.commands import (
    add_evidence_command,
    correct_command,
    discard_command,
    evidence_command,
    release_command,
    show_command,
    summary_command,
)
from notifications.compose import Missing
from notifications.digest_words import Item, digest_values
from notifications.long_late import Late
from notifications.markup import Lines
from notifications.render import render

Values = dict[str, object]

MESSAGE_ID = "3f0c1d1e-5b7a-5c2d-9e4f-000000000000"
NAME, EMAIL = "Budi Santoso", "budi@contoh.invalid"
CODE, DUE_ON = "CONTOH-RSUD-2026", date(2026, 5, 31)


def sample(kind: Notice) -> Values:
    """All that the template of this kind may name, in the current language."""
    return _common() | _OF_KIND[kind]()


def _common() -> Values:
    return {
        "unit": "RSUD Kabupaten Contoh",
        "agency": "Pemerintah Kabupaten Contoh",
        "code": CODE,
        "level": "WBK",
        "stage": say("stage.self_assessment"),
        "show_command": show_command(CODE),
    }


def _owner(role: str = "pimpinan_unit", *, yours: bool = True) -> Values:
    return {"owner": say(f"role.{role}"), "owners": [NAME], "is_owner": yours}


def _next() -> Values:
    return {
        "move": say("move.submit_to_tpi"),
        "move_by": say("role.pimpinan_unit"),
        "move_command": f"zi candidacy move {CODE} submit_to_tpi",
    }


def _missing() -> list[Missing]:
    kinds = ("laporan_monev", "survei_mandiri")
    file = say("placeholder.file")
    return [Missing(say(f"document.{kind}"), f"zi document add {CODE} {kind} {file}") for kind in kinds]


def _due() -> Values:
    return {
        "papers": False,
        "proposal": False,
        "due_on": DUE_ON,
        "days_left": 3,
        "missing": _missing(),
        "blank_items": 14,
        "missing_evidence": 5,
        "evidence_command": evidence_command(CODE),
        **_owner(),
        **_next(),
    }


def _moved() -> Values:
    return {
        "source": say("stage.unit_identification"),
        "dest": say("stage.self_assessment"),
        "moved_by": "Ani Lestari",
        "decided_by": "Bupati Contoh",
        "effective_on": date(2026, 3, 2),
        "moved_on_since": False,
        "due_on": DUE_ON,
        "missing": _missing(),
        **_owner(),
        **_next(),
    }


def _finding() -> Values:
    return {
        "found": Lines("Survei mandiri tidak memuat jumlah responden.\nLampirannya tidak terbaca."),
        "fix": Lines(say("finding.tpi.fix", number=12)),
        "number": 12,
        "raised_by": "Citra Dewi",
        "response": None,
        "responded_by": None,
        **_owner(),
    }


def _correction() -> Values:
    return {
        "requested_by": "Ani Lestari",
        "reason": "Tanggal SK keliru, berkas yang benar menyusul.",
        "source": say("stage.self_assessment"),
        "dest": say("stage.unit_identification"),
        "command": correct_command(CODE),
    }


def _corrected() -> Values:
    return _correction() | {"confirmed_by": "Citra Dewi", "due_on": DUE_ON, **_owner("koordinator")}


def _evidence() -> Values:
    first = Question("A.I.1.i.a", "tim kerja ZI dibentuk", date(2026, 4, 6), None)
    second = Question(
        "A.I.2.i.a", "SOP mengacu pada peta proses bisnis", date(2026, 4, 20), "SOP belum ditandatangani."
    )
    one = Wanting(
        unit="RSUD Kabupaten Contoh",
        level="WBK",
        stage=say("stage.self_assessment"),
        due_on=DUE_ON,
        days_left=3,
        role=None,
        instead_of=(),
        count=12,
        questions=(second, first),
        command=add_evidence_command(CODE, second.code),
        list_command=evidence_command(CODE, EMAIL),
        link=None,
    )
    return {"name": NAME, "total": 12, "candidacies": [one], "more_candidacies": 0, "soonest": 3}


def _summary() -> Values:
    rsud = "RSUD Kabupaten Contoh"
    stage, next_stage = say("stage.self_assessment"), say("stage.tpi_assessment")
    found = say("finding.stage_late", stage=Word("stage.self_assessment"), due="2026-05-24", late=9)
    return {
        "as_of": date(2026, 6, 2),
        "note": Lines("Mohon arahan Bapak dalam rapat hari Senin."),
        "open_count": 4,
        "funnel": [{"stage": stage, "count": 3, "late": 1}, {"stage": next_stage, "count": 1, "late": 0}],
        "late_count": 1,
        "late": [{"unit": rsud, "stage": stage, "days": 9, "due": date(2026, 5, 24)}],
        "evidence_units": 2,
        "evidence_questions": 17,
        "evidence": [{"unit": rsud, "questions": 12}, {"unit": "Dinas Contoh", "questions": 5}],
        "critical_count": 1,
        "critical": [{"unit": rsud, "text": found}],
        "asks": [
            {"what": "papers", "title": say("document.surat_usulan"), "names": "Dinas Contoh"},
            {"what": "late", "title": "", "names": rsud},
        ],
        "summary_command": summary_command(7),
        "release_command": release_command(7),
        "discard_command": discard_command(7),
    }


def _unreachable() -> Values:
    return {
        "who": NAME,
        "email": EMAIL,
        "masked_url": "json://zi:****@hook.contoh.invalid/h...k",
        "test_command": "zi user channel test 4",
        "why": "Failed to send JSON notification: error=500.",
        "attempts": 20,
    }


def _checkpoint() -> Values:
    head = TreeHead("zi/3f0c1d1e-5b7a-4c2d-9e4f-0123456789ab", 4711, bytes(range(32)))
    signature = f"{DASH} {head.origin} nJpvE1CaLlxZ0pMDSAnzUAMZOTp1YIbQ1Kea7m1g3o8qvV1lQGDlDbBP3mQ9b8zV1rHc2fYp"
    vkey = f"{head.origin}+9c9a6f13+AZw0dCgYTx5qWmCRRNd8QcVV3cbp7hRn1h5Kk0M2Yb8q"
    made_at = datetime(2026, 6, 2, 17, 30, tzinfo=UTC)
    return checkpoint_words(f"{head.text}\n{signature}\n", head.size, head.root.hex(), vkey, made_at=made_at)


def _digest() -> Values:
    reminder = render(Notice.DUE, sample(Notice.DUE), message_id=MESSAGE_ID, name=NAME, email=EMAIL)
    finding = render(Notice.FINDING, sample(Notice.FINDING), message_id=MESSAGE_ID, name=NAME, email=EMAIL)
    items = [
        Item(reminder.subject, Lines(reminder.gist), DUE_ON),
        Item(finding.subject, Lines(finding.gist), None),
    ]
    late = Late(
        1, "CONTOH-DINAS-2026", "Dinas Contoh", Stage.SELF_ASSESSMENT, ObligationKind.STAGE, None, date(2026, 4, 30), 28
    )
    return digest_values(items, [late], weekly=True)


_OF_KIND: Mapping[Notice, Callable[[], Values]] = {
    Notice.DUE: _due,
    Notice.MOVED: _moved,
    Notice.FINDING: _finding,
    Notice.CORRECTION: _correction,
    Notice.CORRECTED: _corrected,
    Notice.EVIDENCE: _evidence,
    Notice.RELEASE: _summary,
    Notice.SUMMARY: _summary,
    Notice.UNREACHABLE: _unreachable,
    Notice.CHECKPOINT: _checkpoint,
    Notice.DIGEST: _digest,
}
