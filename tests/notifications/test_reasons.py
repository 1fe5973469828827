"""What a server answers decides whether a message is tried again, when, or never by this channel."""

from datetime import timedelta

import pytest

from notifications.letter import Letter
from notifications.post import Outcome, post
from tests.notifications.peers import MailPeer, WebPeer

ID = "00000000-0000-5000-8000-000000000001"
TO = "budi@kudus.go.id"


def sent_to(url: str) -> Outcome:
    return post(Letter(ID, "Budi", TO, "Subject", body=f"Body {ID}", short=f"Short {ID}"), url)


class TestForGood:
    """A refusal that will be the same next time is not tried again."""

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
    def test_over_http(self, web: WebPeer, status: int) -> None:
        outcome = sent_to(web.url(f"status/{status}"))

        assert (outcome.sent, outcome.for_good) == (False, True)
        assert str(status) in (outcome.error or "")

    @pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "551 user not local", "553 bad mailbox name"])
    def test_a_recipient_that_the_mail_server_refuses(self, smtp: MailPeer, answer: str) -> None:
        smtp.refused[TO] = answer

        outcome = sent_to(smtp.url(TO))

        assert (outcome.sent, outcome.for_good) == (False, True)
        assert answer[:3] in (outcome.error or "")

    def test_a_message_that_the_mail_server_refuses(self, smtp: MailPeer) -> None:
        smtp.after_data = "554 5.7.1 rejected"

        assert sent_to(smtp.url(TO)).for_good

    def test_a_password_that_is_wrong(self, smtp: MailPeer) -> None:
        smtp.login = False

        outcome = sent_to(smtp.url(TO))

        assert (outcome.sent, outcome.for_good) == (False, True)
        assert "sandi" in (outcome.error or "")

    def test_an_address_that_no_service_takes(self) -> None:
        assert sent_to("nosuch://127.0.0.1").for_good


class TestLater:
    """What may pass is tried again."""

    @pytest.mark.parametrize("status", [300, 408, 425, 429, 500, 502, 503, 504])
    def test_over_http(self, web: WebPeer, status: int) -> None:
        outcome = sent_to(web.url(f"status/{status}"))

        assert (outcome.sent, outcome.for_good, outcome.wait) == (False, False, None)

    @pytest.mark.parametrize("answer", ["450 mailbox busy", "451 greylisted", "452 too many", "552 mailbox full"])
    def test_a_mail_server_that_puts_it_off(self, smtp: MailPeer, answer: str) -> None:
        smtp.refused[TO] = answer

        outcome = sent_to(smtp.url(TO))

        assert (outcome.sent, outcome.for_good) == (False, False)
        assert answer[:3] in (outcome.error or "")

    def test_one_of_two_recipients_may_pass(self, smtp: MailPeer) -> None:
        smtp.refused = {TO: "550 no such user", "ani@kudus.go.id": "450 mailbox busy"}

        assert not sent_to(smtp.url(f"{TO},ani@kudus.go.id")).for_good

    @pytest.mark.parametrize("url", ["json://127.0.0.1:9/x", f"mailto://zi:pw@127.0.0.1:9?to={TO}&from=zi@kudus.go.id"])
    def test_nobody_there(self, url: str) -> None:
        outcome = sent_to(url)

        assert (outcome.sent, outcome.for_good) == (False, False)
        assert "Server tidak dapat dihubungi." in (outcome.error or "")
        assert "Connection refused" in (outcome.error or "")
        assert "Tidak diketahui" not in (outcome.error or "")


class TestUnsure:
    """Where the request went out and no whole answer came back, the message may be there: said so, and tried again."""

    @pytest.mark.parametrize("path", ["hang", "cut"])
    def test_over_http(self, web: WebPeer, path: str) -> None:
        outcome = sent_to(web.url(path, query="?rto=0.2"))

        assert (outcome.sent, outcome.for_good) == (False, False)
        assert "Tidak diketahui apakah pesan sampai." in (outcome.error or "")
        assert len(web.taken) == 1


class TestWaiting:
    """A server that says how long it wants to be left alone is heard."""

    def test_in_seconds(self, web: WebPeer) -> None:
        assert sent_to(web.url("busy")).wait == timedelta(seconds=120)

    def test_as_telegram_writes_it(self, web: WebPeer) -> None:
        web.body = '{"ok": false, "error_code": 429, "parameters": {"retry_after": 35}}'

        assert sent_to(web.url("status/429")).wait == timedelta(seconds=35)

    @pytest.mark.parametrize(
        ("until", "wait"),
        [("Fri, 01 Jan 2100 00:00:00 GMT", timedelta(days=1)), ("Mon, 01 Jan 2024 00:00:00 GMT", None)],
        ids=["longer than we wait", "passed"],
    )
    def test_a_date_is_set_against_the_servers_own(self, web: WebPeer, until: str, wait: timedelta | None) -> None:
        web.retry_after = until

        assert sent_to(web.url("busy")).wait == wait

    @pytest.mark.parametrize("nonsense", ["soon", "-5", "1e9", ""])
    def test_what_is_not_understood_asks_for_nothing(self, web: WebPeer, nonsense: str) -> None:
        web.retry_after = nonsense

        assert sent_to(web.url("busy")).wait is None
