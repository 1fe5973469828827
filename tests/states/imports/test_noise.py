"""Whatever a file holds: the answer is ours, nothing of a refused file is kept, and a dry run tells the truth."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from models.database import bind, unbind
from models.errors import PipelineError
from states.imports import KINDS, Report
from tests.databases import copy_of
from tests.office import Office
from tests.states.imports.desk import GOOD, ImportDesk, as_csv, row_counts

ODD = ("", "x", "RSUD", "DINAS", "CONTOH", "0", "-1", "1e9", "=1+1", "'", '"', "a,b;c", "\n", "9999-12-31", "1/1/2026")
cells = st.one_of(st.sampled_from(ODD), st.text(max_size=30))
bytes_put = st.one_of(st.sampled_from([b"", b"\x00", b'"', b",", b";", b"\r", b"\n", b"\xff"]), st.binary(max_size=4))


@st.composite
def changed_cells(draw: st.DrawFn) -> tuple[str, str]:
    """A file of two rows with a few odd cells, well formed."""
    kind = draw(st.sampled_from(KINDS))
    rows = [dict(GOOD[kind]) for _ in range(draw(st.integers(1, 2)))]
    for _ in range(draw(st.integers(0, 3))):
        draw(st.sampled_from(rows))[draw(st.sampled_from(sorted(GOOD[kind])))] = draw(cells)
    return kind, as_csv(rows, delimiter=draw(st.sampled_from([",", ";"])))


@st.composite
def changed_bytes(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file with something cut out, put in or overwritten."""
    kind = draw(st.sampled_from(KINDS))
    content = as_csv([GOOD[kind]]).encode()
    at = draw(st.integers(0, len(content)))
    return kind, content[:at] + draw(bytes_put) + content[at + draw(st.integers(0, 3)) :]


class TestNoise:
    @given(kind=st.sampled_from(KINDS), content=st.binary(max_size=200))
    @settings(max_examples=20)
    def test_random_bytes(self, desk_template: str, kind: str, content: bytes) -> None:
        _hand_over(desk_template, kind, content)

    @given(changed=changed_bytes())
    @settings(max_examples=30)
    def test_a_good_file_with_changed_bytes(self, desk_template: str, changed: tuple[str, bytes]) -> None:
        _hand_over(desk_template, *changed)

    @given(changed=changed_cells())
    @settings(max_examples=40)
    def test_a_good_file_with_changed_cells(self, desk_template: str, changed: tuple[str, str]) -> None:
        _hand_over(desk_template, *changed)


def _hand_over(template: str, kind: str, content: str | bytes) -> None:
    with _desk(template) as desk:
        before = row_counts()
        told = _taken(desk, kind, content, dry_run=True)
        assert row_counts() == before

        done = _taken(desk, kind, content, dry_run=False)

        if done is None:
            assert told is None
            assert row_counts() == before
        else:
            assert told is not None
            assert told.changes == done.changes
            again = _taken(desk, kind, content, dry_run=True)
            assert again is not None
            assert again.changes == ()


def _taken(desk: ImportDesk, kind: str, content: str | bytes, *, dry_run: bool) -> Report | None:
    """None where it was refused, in words of ours."""
    try:
        return desk.take(kind, raw=content, dry_run=dry_run)
    except PipelineError as error:
        said = (str(error), error.fix)
    assert all(said)
    return None


@contextmanager
def _desk(template: str) -> Iterator[ImportDesk]:
    """A small agency for one file only."""
    with tempfile.TemporaryDirectory() as folder, copy_of(template, Path(folder) / "office.db") as url:
        bind(url)
        yield ImportDesk(Office(url), Path(folder))
        unbind()
