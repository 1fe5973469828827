"""The inbox and the log of deliveries: one's own words as they were sent, and what went to the units one follows."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.candidacies import Candidacy
from models.database import reading, transaction
from models.messages import Channel, Delivery, DeliveryState, Notice, OutboxMessage
from notifications.deliver import deliver
from tests.neighbours import Neighbour
from tests.web.site import Site

MASKED = "json://h...t/****"


def told(site: Site) -> str:
    """The candidacy enters a stage, and everybody who hears of it is told by the mail folder."""
    code = site.office.open()
    site.office.file_required(code, "select_unit")
    site.office.move(code, "select_unit")
    deliver(home=site.home, clock=lambda: site.office.now)
    return code


def without_keys(page: str) -> str:
    return re.sub(r'name="form_key" value="[0-9a-f]+"', "", page)


def one_more(
    site: Site, code: str, name: str, state: DeliveryState, *, sent_at: datetime | None = None, error: str | None = None
) -> Delivery:
    """A delivery to somebody by a channel of theirs, as it stands after some time."""
    now = site.office.now
    with transaction() as session:
        candidacy = session.execute(select(col(Candidacy.id)).where(col(Candidacy.code) == code)).scalar_one()
        person = site.office.actor(name).person_id
        channel = Channel(person_id=person, sealed_url=b"x", masked_url=MASKED, kind="json", added_at=now)
        session.add(channel)
        outbox = OutboxMessage(
            kind=Notice.MOVED, subject=f"entry:{uuid4()}", candidacy_id=candidacy, roles="koordinator", queued_at=now
        )
        session.add(outbox)
        session.flush()
        outbox.expanded_at = now
        row = Delivery(
            message_id=f"00000000-0000-5000-8000-{channel.id:012}",
            outbox_id=outbox.id,
            person_id=person,
            channel_id=channel.id,
            route=f"channel:{channel.id}",
            state=state,
            next_try_at=now,
            queued_at=now,
            sent_at=sent_at,
            error=error,
        )
        session.add(row)
        session.flush()
        return row


class TestInbox:
    """What was said to the visitor, as it was said; where the words are kept nowhere, none are made up."""

    def test_has_the_words_that_were_sent(self, site: Site) -> None:
        told(site)
        kept = next(site.home.mail.glob("*.eml"))
        kept.write_bytes(kept.read_bytes().replace(b"RSUD", b"RSUX"))  # so that composing again would differ

        pages = [site.visitor(name).get("/inbox").text for name in ("kepala", "koordinator", "pokja", "tpi")]

        assert any("RSUX Contoh" in page.partition("<article")[2] for page in pages)

    def test_makes_up_no_words(self, site: Site) -> None:
        code = told(site)
        one_more(site, code, "auditor", DeliveryState.SENT, sent_at=site.office.now)

        page = site.visitor("auditor").get("/inbox").text

        assert "Isi pesan ini hanya ada di saluran" in page
        assert MASKED in page
        assert f'href="/candidacies/{code}"' in page

    def test_shows_what_waits(self, site: Site) -> None:
        row = one_more(site, told(site), "auditor", DeliveryState.QUEUED)
        with transaction() as session:
            session.get_one(Delivery, row.id).next_try_at += timedelta(days=1)

        page = site.visitor("auditor").get("/inbox").text

        assert "menunggu" in page
        assert "paling cepat 3 Feb 2026" in page

    def test_is_ones_own(self, site: Site) -> None:
        one_more(site, told(site), "auditor", DeliveryState.SENT, sent_at=site.office.now)

        assert MASKED not in site.visitor("koordinator").get("/inbox").text
        assert "Belum ada pesan" in site.visitor("admin").get("/inbox").text

    def test_in_pages(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("notifications.inbox.PAGE", 1)
        code = told(site)
        first, last = (one_more(site, code, "auditor", DeliveryState.FAILED, error=str(n)) for n in (1, 2))
        with transaction() as session:
            session.get_one(Delivery, last.id).error = "galat-baru"
            session.get_one(Delivery, first.id).error = "galat-lama"
        auditor = site.visitor("auditor")

        page = auditor.get("/inbox").text
        older = auditor.get(f"/inbox?before={last.id}").text

        assert "galat-baru" in page
        assert "galat-lama" not in page
        assert f"/inbox?before={last.id}" in page
        assert "galat-lama" in older


class TestDeliveryLog:
    """Koordinator and auditor see what went to their units; everybody what went to themselves; addresses are masked."""

    def test_who_sees_what(self, site: Site) -> None:
        code = told(site)
        one_more(site, code, "kepala", DeliveryState.FAILED, error="ditolak")
        Neighbour.moved_in(site.office)

        for name, sees in (
            ("koordinator", True),
            ("auditor", True),
            ("kepala", True),
            ("tpi", False),
            ("tetangga", False),
        ):
            assert ("ditolak" in site.visitor(name).get("/deliveries").text) == sees, name

    def test_narrowed(self, site: Site) -> None:
        code = told(site)
        one_more(site, code, "kepala", DeliveryState.FAILED, error="ditolak")
        other = Neighbour.moved_in(site.office).code
        auditor = site.visitor("auditor")

        def errors(query: str) -> int:
            answer = auditor.get(f"/deliveries?{query}")
            assert answer.status_code == 200
            return answer.text.count("ditolak")

        assert errors(f"state=failed&candidacy={code}&person=kepala@contoh.invalid") == 1
        assert [errors(q) for q in ("state=sent", f"candidacy={other}", "person=tpi@contoh.invalid")] == [0, 0, 0]

    def test_a_candidacy_of_others_is_as_if_it_was_not_there(self, site: Site) -> None:
        other = Neighbour.moved_in(site.office).code
        auditor = site.visitor("auditor")

        theirs, none = (auditor.get(f"/deliveries?candidacy={code}").text for code in (other, "TIDAK-ADA-26"))

        assert without_keys(theirs).replace(other, "X") == without_keys(none).replace("TIDAK-ADA-26", "X")

    def test_one_message_with_all_its_ways(self, site: Site) -> None:
        row = one_more(site, told(site), "kepala", DeliveryState.FAILED, error="ditolak")

        assert MASKED in site.visitor("auditor").get(f"/deliveries/{row.message_id}").text
        assert site.visitor("tpi").get(f"/deliveries/{row.message_id}").status_code == 404

    @pytest.mark.parametrize(("who", "status"), [("koordinator", 303), ("kepala", 303), ("auditor", 404), ("tpi", 404)])
    def test_tried_again_by_who_may(self, site: Site, who: str, status: int) -> None:
        row = one_more(site, told(site), "kepala", DeliveryState.FAILED, error="ditolak")
        visitor = site.visitor(who)

        offered = re.search(rf"/deliveries/{row.id}/retry", visitor.get("/deliveries").text) is not None
        answer = visitor.send(f"/deliveries/{row.id}/retry")

        assert (answer.status_code, offered) == (status, status == 303)
        with reading() as session:
            state = session.get_one(Delivery, row.id).state
        assert (state is DeliveryState.QUEUED) == (status == 303)

    def test_all_that_failed_at_once(self, site: Site) -> None:
        code = told(site)
        rows = [one_more(site, code, name, DeliveryState.FAILED, error="ditolak") for name in ("kepala", "pokja")]

        answer = site.visitor("koordinator").send("/deliveries/retry", person="kepala@contoh.invalid")

        assert answer.status_code == 303
        with reading() as session:
            states = [session.get_one(Delivery, row.id).state.value for row in rows]
        assert states == ["queued", "failed"]
