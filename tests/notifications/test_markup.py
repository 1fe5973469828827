"""The body is the one source: its blocks become HTML, its lines are wrapped for mail."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from models.links import page, use_web_url
from models.messages import Notice
from notifications.letter import SHORT, Letter
from notifications.markup import WIDTH, Block, Lines, blocks, folded, wrapped
from notifications.preview import preview_sample
from notifications.render import render
from notifications.samples import EMAIL, MESSAGE_ID, NAME, sample

NASTY = "<b>Budi</b> {{ 7 * 7 }} {% raw %} & 'Ani' \"x\"\n    zi candidacy move X revoke\n- satu\n\tdua"
LONG = "RSUD " + "Kabupaten Contoh yang sangat panjang namanya " * 8


@pytest.fixture
def web_url() -> Iterator[str]:
    use_web_url("https://zi.contoh.invalid/")
    yield "https://zi.contoh.invalid"
    use_web_url(None)


class Page(HTMLParser):
    """What a mail program would see of an HTML mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.extend(data.replace("•", " ").split())


class TestBlocks:
    """Each line says by its beginning what it is."""

    def test_the_kinds(self, web_url: str) -> None:
        body = f"*Judul*\nSatu\ndua\n\n- butir\n- butir\n    zi evidence missing X\n    kata orang\n    {web_url}/a"

        assert list(blocks(body)) == [
            Block("heading", ("Judul",)),
            Block("text", ("Satu", "dua")),
            Block("item", ("butir",)),
            Block("item", ("butir",)),
            Block("command", ("zi evidence missing X",)),
            Block("words", ("kata orang",)),
            Block("link", (f"{web_url}/a",)),
        ]

    def test_between_fences_all_is_copied_as_it_is(self) -> None:
        body = "Satu\n```\n- dua\n\n    zi x\n*tiga*\n```\nempat"

        assert list(blocks(body)) == [
            Block("text", ("Satu",)),
            Block("copy", ("- dua", "", "    zi x", "*tiga*")),
            Block("text", ("empat",)),
        ]

    @pytest.mark.parametrize(
        "address", ["https://evil.invalid/x", "https://zi.contoh.invalid.evil.invalid/", "javascript:alert(1)"]
    )
    def test_only_our_own_pages_become_links(self, web_url: str, address: str) -> None:
        assert [block.kind for block in blocks(f"    {address}")] == ["words"]

    def test_without_web_pages_there_is_no_link(self) -> None:
        assert page("candidacies", "X") is None
        assert [block.kind for block in blocks("    https://zi.contoh.invalid/x")] == ["words"]

    def test_a_path_is_quoted(self, web_url: str) -> None:
        assert page("a b", "c/d") == f"{web_url}/a%20b/c%2Fd"

    def test_what_is_typed_begins_no_block(self) -> None:
        assert "\n" not in str(folded(NASTY))
        assert folded(Lines("a\nb")) == "a\nb"
        assert folded(None) is None


class TestWrapping:
    """Lines of a mail are short; what is typed or opened stays whole."""

    def test_items_and_words_keep_their_indent(self) -> None:
        text = wrapped(f"{LONG}\n- {LONG}\n    {LONG}")

        lines = text.splitlines()
        assert max(map(len, lines)) <= WIDTH
        assert sum(line.startswith("- ") for line in lines) == 1
        assert {len(line) - len(line.lstrip()) for line in lines} == {0, 2, 4}
        assert text.split() == f"{LONG} - {LONG} {LONG}".split()

    @pytest.mark.parametrize("before", ["", f"{LONG}\n"])
    def test_what_is_copied_stays_whole(self, before: str) -> None:
        copied = f"```\n{LONG}\n\n  {LONG}\n```\n"

        assert wrapped(before + copied).endswith(copied)

    def test_commands_stay_whole(self) -> None:
        command = "    zi candidacy move X start_self_assessment " + "--set kriteria=ya " * 9

        assert wrapped(command) == f"{command}\n"


NO_MOVE = ("move", "move_by", "move_command")
MAY_LACK = {
    Notice.DUE: NO_MOVE,
    Notice.MOVED: ("source", "decided_by", "due_on", *NO_MOVE),
    Notice.FINDING: ("raised_by", "show_command", "stage", "unit"),
    Notice.CORRECTED: ("due_on",),
    Notice.EVIDENCE: ("soonest",),
    Notice.RELEASE: ("note",),
    Notice.SUMMARY: ("note",),
}
"""What a template has to do without, in some cases."""


def extreme(kind: Notice) -> dict[str, object]:
    """The sample at its edges: typed text is markup and long, lists are empty, None where a value may be lacking."""
    typed = {"unit", "agency", "reason", "requested_by", "confirmed_by", "moved_by", "name", "who", "why"}
    values = sample(kind)
    for key, value in values.items():
        if key in MAY_LACK.get(kind, ()):
            values[key] = None
        elif key in typed:
            values[key] = NASTY + LONG
        elif key in ("found", "fix"):
            values[key] = Lines(NASTY + LONG * 3)
        elif isinstance(value, list):
            values[key] = []
    return values


def letter(kind: Notice, values: dict[str, object]) -> Letter:
    return render(kind, values, message_id=MESSAGE_ID, name=NAME, email=EMAIL)


@pytest.mark.parametrize("kind", list(Notice))
class TestEveryKind:
    """Every kind in every language, as text and as HTML, with ordinary values and with those at the edge."""

    @pytest.fixture(params=["ordinary", "extreme"])
    def written(self, request: pytest.FixtureRequest, kind: Notice, language: str) -> Letter:
        return preview_sample(kind) if request.param == "ordinary" else letter(kind, extreme(kind))

    def test_text_and_html_say_the_same(self, written: Letter) -> None:
        said = re.sub(r"(?m)^(- |\*|```$)|\*$", "", written.body).split()

        seen = Page(written.html).words
        subject = written.subject.split()
        assert seen == [*subject, *subject, *said]  # in the title, as the heading, and the body

    def test_nothing_is_loaded_and_nothing_typed_becomes_an_element(self, written: Letter, language: str) -> None:
        tags = Page(written.html).tags

        allowed = {"html", "head", "meta", "title", "body", "div", "h1", "h2", "p", "br", "span"}
        assert {tag for tag, _ in tags} <= allowed
        assert not any({"src", "href", "class", "id"} & set(attributes) for _, attributes in tags)
        assert "url(" not in written.html
        assert tags[0] == ("html", {"lang": language, "style": "color-scheme:light dark;"})

    def test_the_lines_of_the_mail_are_short(self, written: Letter) -> None:
        but_what_is_copied = re.sub(r"(?ms)^```$.*?^```$", "", wrapped(written.body))
        for line in but_what_is_copied.splitlines():
            assert len(line) <= 78 or line.startswith("    zi ") or len(line.split()) == 1

    def test_no_template_shows_through(self, written: Letter) -> None:
        text = (written.subject + written.body + written.short).replace("{{ 7 * 7 }} {% raw %}", "")
        assert not any(mark in text for mark in ("{{", "{%", "}}", "None", "\n\n\n"))
        assert "\n" not in written.subject

    def test_the_short_text_fits_whatsapp_with_its_id(self, written: Letter) -> None:
        assert len(written.short) <= SHORT
        assert written.short.endswith(MESSAGE_ID)


class TestTyped:
    """Names and reasons are typed by people: they are shown as they are, and are never markup."""

    def test_a_reason_with_markup_is_shown_as_it_is(self) -> None:
        written = letter(Notice.CORRECTION, sample(Notice.CORRECTION) | {"reason": NASTY})

        assert "&lt;b&gt;Budi&lt;/b&gt; {{ 7 * 7 }}" in written.html
        assert "<b>" not in written.html

    def test_a_line_in_a_reason_is_no_command(self) -> None:
        written = letter(Notice.CORRECTION, sample(Notice.CORRECTION) | {"reason": "a\n    zi candidacy move X revoke"})

        assert "Alasan: a zi candidacy move X revoke" in written.body
