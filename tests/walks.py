"""One candidacy's whole way, with all that people say on it: what the trail must vouch for and must not tell."""

from datetime import date
from hashlib import sha256

import pytest

from models.candidacies import Level
from models.database import transaction
from models.errors import Refused
from models.files import StoredFile
from models.people import Role
from models.stages import Stage
from states.corrections import correct
from states.cycles import Dated
from states.documents import Content, Filing, add_document, withdraw_document
from states.facts import FactData, PredicateData, write_fact, write_predicate
from states.findings import close_finding
from states.people import Grant, PersonData, add_person, grant_role
from states.waivers import confirm_waiver, request_waiver
from tests.office import ANSWERED, SK_DATE, TODAY, Office

SAID = {
    name: f"Kata{number:02}-{name}"
    for number, name in enumerate(
        (
            "name",
            "nip",
            "whatsapp",
            "document number",
            "file name",
            "reason to withdraw a document",
            "reason to move",
            "reason to correct",
            "reason to waive",
            "who decided",
            "decree",
            "finding",
            "note",
            "fact",
            "decree elsewhere",
            "who published it",
            "answer",
        )
    )
}
"""What people say on the way, each recognisable."""


def walk(office: Office) -> str:
    """From the pencanangan to a revocation, by way of a return, an objection, a correction and refusals."""
    _add_people(office)
    code = office.open()
    _record_facts(office)
    office.file_required(code, "select_unit")
    with pytest.raises(Refused):
        office.move(code, "select_unit", by="auditor", reason=SAID["reason to move"])
    office.move(code, "select_unit", decided_by=SAID["who decided"])
    _file_and_withdraw(office, code)
    office.file_required(code, "start_self_assessment")
    with pytest.raises(Refused):
        office.move(code, "start_self_assessment", values={"core_business": SAID["answer"]})
    office.move(code, "start_self_assessment", values=ANSWERED)
    office.file_required(code, "submit_to_tpi")
    office.move(code, "submit_to_tpi", by="kepala")
    number = office.finding(code, SAID["finding"])
    office.move(code, "return_to_unit", by="tpi", reason=SAID["reason to move"])
    office.days_later(1)
    office.move(code, "submit_to_tpi", by="kepala")
    close_finding(number, actor=office.actor("tpi"), now=office.now)
    _waive(office, code)
    office.file_required(code, "propose")
    office.move(code, "propose", decided_by=SAID["who decided"])
    office.move(code, "fail_administrative", reason=SAID["reason to move"])
    office.file(code, "surat_sanggah")
    office.move(code, "object")
    _correct(office, code)
    office.move(code, "object")
    for name in ("pass_administrative", "pass_desk", "pass_field", "pass_clearance"):
        office.move(code, name, effective_on=office.now.date())
    office.file_required(code, "designate")
    office.move(code, "designate")
    office.days_later(1)
    office.move(code, "revoke", values={"decree": SAID["decree"], "date": office.now.date().isoformat()})
    return code


def _add_people(office: Office) -> None:
    new = PersonData("kata-alamat@contoh.invalid", SAID["name"], nip=SAID["nip"], whatsapp=SAID["whatsapp"])
    add_person(new, actor=office.actor("admin"), now=office.now)
    grant_role(Grant(new.email, Role.POKJA, unit="RSUD"), actor=office.actor("admin"), now=office.now)
    office.calendar(Dated(Stage.SUBMISSION_DESK, due=date(2026, 8, 31), note=SAID["note"]))


def _record_facts(office: Office) -> None:
    koordinator = office.actor("koordinator")
    fact = FactData("RSUD", "sk_penetapan_unit", SAID["fact"], SK_DATE)
    held = PredicateData("DINAS", Level.WBK, SAID["decree elsewhere"], date(2022, 12, 6))
    with transaction() as session:
        write_fact(session, fact, actor=koordinator, now=office.now)
        write_predicate(session, held, actor=koordinator, now=office.now, source=SAID["who published it"])


def _file_and_withdraw(office: Office, code: str) -> None:
    file = StoredFile(sha256(b"isi").hexdigest(), 3, SAID["file name"])
    filing = Filing("rencana_aksi", Content(file=file), number=SAID["document number"], dated_on=TODAY)
    koordinator = office.actor("koordinator")
    number = add_document(code, filing, actor=koordinator, now=office.now)
    withdraw_document(number, reason=SAID["reason to withdraw a document"], actor=koordinator, now=office.now)


def _waive(office: Office, code: str) -> None:
    content = Content(url="https://berkas.contoh.invalid/afirmasi")
    asked = {"reason": SAID["reason to waive"], "content": content}
    request_waiver(code, "afirmasi", **asked, actor=office.actor("koordinator"), now=office.now)  # type: ignore[arg-type]
    confirm_waiver(code, "afirmasi", actor=office.actor("pimpinan"), now=office.now)


def _correct(office: Office, code: str) -> None:
    for who in ("koordinator", "koordinator2"):
        correct([code], reason=SAID["reason to correct"], actor=office.actor(who), now=office.now)
