"""The LKE of a candidacy: answers of unit and TPI, what proves them, reviews, findings, and what was proposed."""

from collections import defaultdict
from datetime import datetime
from hashlib import sha256

from models.evidence import Evidence, EvidenceState
from models.findings import Finding, FindingState, Origin, Severity
from models.lke import Answer, Layer, LayerSummary, LkeSnapshot
from models.people import Role
from models.portal import ProposedUnit
from models.stages import Stage
from models.trail import Json, canonical
from states.evidence.unproven import kept_unproven
from states.findings import TPI_RULE
from zi.demo.nation.cases import Case, Stay
from zi.demo.nation.sheets import Sheet
from zi.demo.nation.ways import between

ANSWER = ("candidacy_id", "layer", "item", "value", "source", "answered_by", "answered_at")
EVIDENCE = (
    "id",
    "candidacy_id",
    "question",
    "state",
    "title",
    "url",
    "effective_on",
    "version",
    "added_by",
    "received_at",
    "reviewed_by",
    "reviewed_at",
    "review_reason",
)
REJECTED = 0.03  # of what the TPI has looked at
WAITING = 0.4
WHY = "Tidak menunjukkan pelaksanaan pada tahun ini"
SAID = "Data dukung area {area} perlu dilengkapi notulen dan daftar hadir"


def put_lke(case: Case) -> dict[int, str]:
    """All of it; returns the hashes of what was proposed, by the stay that began with it."""
    self_assessment = case.has_been_in(Stage.SELF_ASSESSMENT)
    if self_assessment is None:
        return {}
    first = next(stay for stay in case.stays if stay.step.stage is Stage.SELF_ASSESSMENT)
    assessment = case.has_been_in(Stage.TPI_ASSESSMENT)
    unit, tpi = _sheets(case, assessment)
    at = between(first.step.at, case.last_day(first), case.chance)
    unit_by = case.place.person(Role.POKJA)
    _answered(case, Layer.UNIT, unit, unit_by, at)
    proof = _put_evidence(case, unit, first, assessment, whole=assessment is not None)
    _summed(case, Layer.UNIT, unit, proof, at)
    if assessment and tpi:
        tpi_at = between(assessment.step.at, case.last_day(assessment), case.chance)
        _answered(case, Layer.TPI, tpi, case.place.person(Role.TPI), tpi_at)
        _summed(case, Layer.TPI, tpi, proof, tpi_at)
    if assessment:
        _put_findings(case)
    proposed = next((stay for stay in case.stays if stay.step.move == "propose"), None)
    return {proposed.id: _propose(case, proposed, unit, tpi, proof)} if proposed and tpi else {}


def _sheets(case: Case, assessment: Stay | None) -> tuple[Sheet, Sheet | None]:
    """What was proposed meets the thresholds; what the TPI is still looking at is not whole."""
    pack, chance = case.pack, case.chance
    if assessment is None:
        return chance.choice(pack.begun), None
    if any(stay.step.move == "propose" for stay in case.stays):
        number = chance.choice(pack.passing[case.target])
        return pack.whole[number], pack.assessed[number]
    number = chance.randrange(len(pack.whole))
    if case.stage is Stage.TPI_ASSESSMENT:
        return pack.whole[number], pack.assessing[number] if chance.random() < 0.8 else None  # noqa: PLR2004 - some wait
    return pack.whole[number], pack.assessed[number]


def _answered(case: Case, layer: Layer, sheet: Sheet, by: int, at: datetime) -> None:
    case.ground.rows.put_many(
        Answer,
        ANSWER,
        [(case.id, layer.value, item, value, source, by, at) for item, value, source in sheet.items],
    )
    case.note(at, by, f"{layer.value}_answered", details={"layer": layer.value, "sheet": sheet.number})


Proof = dict[str, list[tuple[int, str]]]
"""By question: what counts, as number and link."""


def _put_evidence(case: Case, sheet: Sheet, stay: Stay, assessment: Stay | None, *, whole: bool) -> Proof:
    """One link for each area and act; what the TPI rejects counts no more."""
    by_area: defaultdict[str, list[str]] = defaultdict(list)
    brought = 1.0 if whole else case.chance.uniform(0.3, 1.0)
    for question in sheet.proven:
        if case.chance.random() < brought:
            by_area[case.ground.rules.lke.area_of[question] or ""].append(question)
    proof: Proof = defaultdict(list)
    by = case.place.person(Role.POKJA)
    rows: list[tuple[object, ...]] = []
    for area, questions in by_area.items():
        at = between(stay.step.at, case.last_day(stay), case.chance)
        url = f"https://arsip.contoh.invalid/{case.code}/{area}"
        pieces = [(next(case.numbers.evidence), question) for question in questions]
        day = case.place.office.calendar.today(at)
        title = f"Data dukung {area}"
        for number, question in pieces:
            state, reviewed = _review(case, {"evidence": number, "question": question}, assessment)
            if state is not EvidenceState.REJECTED:
                proof[question].append((number, url))
            rows.append((number, case.id, question, state.value, title, url, day, 1, by, at, *reviewed))
        told = [{"evidence": number, "question": question} for number, question in pieces]
        details = {"pieces": told, "version": 1, "effective_on": day.isoformat()}
        case.note(at, by, "evidence_added", details=details, texts={"title": title, "url": url})
    case.ground.rows.put_many(Evidence, EVIDENCE, rows)
    return proof


def _review(
    case: Case, piece: dict[str, object], assessment: Stay | None
) -> tuple[EvidenceState, tuple[int | None, datetime | None, str | None]]:
    """Some of it waits for good: nobody has to look at all."""
    if assessment is None or case.chance.random() < WAITING:
        return EvidenceState.WAITING, (None, None, None)
    may_reject = case.stage is Stage.TPI_ASSESSMENT or case.stage is Stage.SELF_ASSESSMENT
    rejects = may_reject and case.chance.random() < REJECTED / (1 - WAITING)
    if not rejects and case.chance.random() < 0.9:  # noqa: PLR2004 - a record for each look would be most of the trail
        return EvidenceState.WAITING, (None, None, None)
    state = EvidenceState.REJECTED if rejects else EvidenceState.ACCEPTED
    by, at = case.place.person(Role.TPI), between(assessment.step.at, case.last_day(assessment), case.chance)
    case.note(
        at,
        by,
        "evidence_reviewed",
        before=EvidenceState.WAITING.value,
        after=state.value,
        details=piece,
        texts={"reason": WHY} if rejects else {},
    )
    return state, (by, at, WHY if rejects else None)


def _summed(case: Case, layer: Layer, sheet: Sheet, proof: Proof, at: datetime) -> None:
    lke = case.ground.rules.lke
    unproven = [question for question in sheet.proven if not proof.get(question)]
    times = dict.fromkeys(sheet.answers, at)
    case.ground.rows.put(
        LayerSummary,
        candidacy_id=case.id,
        layer=layer.value,
        answered=len(sheet.answers),
        total=sheet.total,
        missing_evidence=len(unproven),
        figures=sheet.figures,
        unmet=sheet.unmet[case.target],
        unproven=kept_unproven(lke, unproven, times) if layer is Layer.UNIT else None,
        basis=case.ground.rules.hash,
        changed_at=at,
    )


def _put_findings(case: Case) -> None:
    """Of the TPI, in each of its assessments; those of an earlier one are closed."""
    number = 0
    for stay in case.stays:
        if stay.step.stage is not Stage.TPI_ASSESSMENT:
            continue
        sent_back = any(one.number == stay.number + 1 and one.step.move == "return_to_unit" for one in case.stays)
        for _ in range(case.chance.randint(1, 3) if sent_back else case.chance.choice((0, 0, 1))):
            number += 1
            _put_finding(case, stay, number)


def _put_finding(case: Case, stay: Stay, item: int) -> None:
    key, area = next(case.numbers.findings), case.chance.choice(list(case.ground.rules.lke.areas))
    at = between(stay.step.at, case.last_day(stay), case.chance)
    tpi, closed = case.place.person(Role.TPI), stay.step.left_at is not None and case.stage is not Stage.SELF_ASSESSMENT
    closed_at = stay.step.left_at if closed else None
    case.ground.rows.put(
        Finding,
        id=key,
        candidacy_id=case.id,
        entry_id=stay.id,
        origin=Origin.TPI.value,
        rule=TPI_RULE,
        item=str(item),
        area=area,
        severity=Severity.WARNING.value,
        owner=Role.PIMPINAN_UNIT.value,
        params="{}",
        text=SAID.format(area=area),
        raised_by=tpi,
        state=(FindingState.CLOSED if closed else FindingState.OPEN).value,
        opened_at=at,
        closed_at=closed_at,
        closed_by=tpi if closed else None,
        reopened=0,
    )
    details = {"finding": key, "area": area}
    case.note(at, tpi, "finding_raised", details=details, texts={"text": SAID.format(area=area)})
    if closed_at:
        told = {"before": FindingState.OPEN.value, "after": FindingState.CLOSED.value}
        case.note(closed_at, tpi, "finding_closed", details={"finding": key}, **told)


def _propose(case: Case, stay: Stay, unit: Sheet, tpi: Sheet, proof: Proof) -> str:
    """LKE and evidence as they were proposed, and the name."""
    pieces: dict[str, Json] = {
        str(key): {"question": question, "sha256": sha256(url.encode()).hexdigest()}
        for question, found in proof.items()
        for key, url in found
    }
    content = canonical(
        {
            Layer.UNIT.value: {**unit.answers},
            Layer.PRELIMINARY.value: {},
            Layer.TPI.value: {**tpi.answers},
            "evidence": pieces,
        }
    )
    digest = sha256(content.encode()).hexdigest()
    rows = case.ground.rows
    rows.put(LkeSnapshot, candidacy_id=case.id, entry_id=stay.id, content=content, hash=digest, taken_at=stay.step.at)
    rows.put(
        ProposedUnit,
        candidacy_id=case.id,
        entry_id=stay.id,
        name=case.place.name,
        affirmative=False,
        kept_at=stay.step.at,
    )
    return digest
