"""The PortalRB master brings wording; whatever in it would mean another score is refused by name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.cycles import Cycle
from models.database import reading
from models.errors import BadInput, NotFound, Refused
from states.lke.master import MasterImported, import_master
from states.lke.wordings import wordings
from states.lookups import find
from states.trail_reader import records_of
from states.workbook.opening import hash_of
from tests.office import Office, rules_of
from tests.states.lke.masters import LKE, a_master, nodes, soal

Change = Callable[[dict[str, Any]], object]


def take(
    office: Office,
    folder: Path,
    master: Any,
    *,
    by: str = "koordinator",
    dry_run: bool = False,
    raw: bytes | None = None,
) -> MasterImported:
    path = folder / "master.json"
    path.write_bytes(json.dumps(master).encode() if raw is None else raw)
    return import_master(office.cycle, path, dry_run=dry_run, actor=office.actor(by), now=office.now)


def stored(office: Office) -> dict[str, tuple[str, str | None]]:
    with reading() as session:
        return dict(wordings(session, find(session, Cycle, office.cycle).id))


def refused(office: Office, folder: Path, change: Change) -> tuple[BadInput, list[str]]:
    """What an otherwise good master with this change is refused for; nothing of it is kept."""
    master = a_master()
    change(master)
    with pytest.raises(BadInput) as caught:
        take(office, folder, master)
    assert stored(office) == {}
    return caught.value, [detail.why for detail in caught.value.details]


class TestWording:
    """Text and criteria of every soal, for this cycle; again with a newer file, they are brought up to date."""

    def test_every_item_gets_its_text(self, both_offices: Office, tmp_path: Path) -> None:
        done = take(both_offices, tmp_path, a_master())

        assert (done.soal, done.changed, done.unchanged, done.notes) == (127, 127, 0, ())
        found = stored(both_offices)
        assert set(found) == set(LKE.items)
        assert found["A.I.1.i.a"] == ("Uraian lengkap: tim kerja ZI dibentuk?", "Kriteria A.I.1.i.a")
        assert found["A.II.5.iii.a.d"][1] is None

    def test_a_newer_file_changes_what_it_changes(self, office: Office, tmp_path: Path) -> None:
        take(office, tmp_path, a_master())
        newer = a_master()
        soal(newer, 1)["teks_pertanyaan"] = "Kalimat baru"

        done = take(office, tmp_path, newer)

        assert (done.changed, done.unchanged) == (1, 126)
        assert stored(office)["A.I.1.i.a"][0] == "Kalimat baru"

    def test_a_dry_run_tells_and_keeps_nothing(self, office: Office, tmp_path: Path) -> None:
        done = take(office, tmp_path, a_master(), dry_run=True)

        assert (done.dry_run, done.changed) == (True, 127)
        assert stored(office) == {}

    def test_the_trail_has_the_files_hash_and_no_wording(self, office: Office, tmp_path: Path) -> None:
        take(office, tmp_path, a_master())
        take(office, tmp_path, a_master())  # says what is so already

        with reading() as session:
            found = [one for one in records_of(session) if one["action"] == "lke_master_imported"]
        assert [one["subject"] for one in found] == ["cycle:CONTOH-2026"]
        assert found[0]["details"] == {
            "sha256": hash_of(tmp_path / "master.json"),
            "soal": 127,
            "changed": 127,
            "year": 2026,
        }
        assert found[0]["texts"] == {"file_name": "master.json"}

    @pytest.mark.parametrize("kind", ["jumlah", "JUMLAH", " Jumlah "])
    def test_the_case_of_a_kind_does_not_matter(self, office: Office, tmp_path: Path, kind: str) -> None:
        master = a_master()
        soal(master, 88)["jenis_jawaban"] = kind

        assert take(office, tmp_path, master).changed == 127

    def test_a_count_may_have_no_scheme_at_all(self, office: Office, tmp_path: Path) -> None:
        master = a_master()
        soal(master, 88)["skema_penilaian"] = None

        assert take(office, tmp_path, master).changed == 127


class TestDifferences:
    """Another soal, kind, worth, row, number or weight is refused, with the soal and both values."""

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda m: soal(m, 2).update(id=999), ("999",)),
            (lambda m: soal(m, 2).update(jenis_jawaban="ABCD"), ("2", "ABCD", "a/b/c")),
            (lambda m: soal(m, 2).update(jenis_jawaban="Jumlah"), ("2", "Jumlah")),
            (lambda m: soal(m, 88).update(jenis_jawaban="0-4"), ("88", "0-4", "jumlah")),
            (lambda m: soal(m, 2)["skema_penilaian"][1].update(multiplier=0.6), ("2", "b = 0.6", "b = 0.5")),
            (lambda m: soal(m, 2)["skema_penilaian"].pop(), ("2",)),
            (lambda m: soal(m, 2)["skema_penilaian"].append(soal(m, 2)["skema_penilaian"][0]), ("2",)),
            (lambda m: soal(m, 88).update(skema_penilaian=[{"key": "A", "multiplier": 1}]), ("88", "a = 1")),
            (lambda m: soal(m, 2).update(excel_baris=8), ("2", "8", "7")),
            (lambda m: m.update(total_soal=126), ("126", "127")),
            (lambda m: node(m, "Hasil").update(bobot_maksimal=39), ("Hasil", "39", "40")),
            (
                lambda m: node(m, "Penyusunan Tim Kerja").update(bobot_maksimal=0.6),
                ("Penyusunan Tim Kerja", "0.6", "0.5"),
            ),
            (lambda m: soal(m, 2).update(teks_pertanyaan="  "), ("2",)),
        ],
        ids=[
            "unknown soal",
            "other kind",
            "number for letters",
            "survey for count",
            "other worth",
            "choice missing",
            "choice twice",
            "scheme on a count",
            "other row",
            "other number of soal",
            "other weight",
            "other weight below",
            "no text",
        ],
    )
    def test_each_is_named(self, office: Office, tmp_path: Path, change: Change, said: tuple[str, ...]) -> None:
        error, whys = refused(office, tmp_path, change)

        assert error.key == "master_differs"
        assert any(all(part in why for part in said) for why in whys), whys

    def test_a_missing_soal_is_named_with_its_item(self, office: Office, tmp_path: Path) -> None:
        def leave_out(master: dict[str, Any]) -> None:
            for one in nodes(master):
                one["soals"] = [each for each in one["soals"] if each["id"] != 61]

        _, whys = refused(office, tmp_path, leave_out)

        assert any("61" in why and LKE.by_soal[61].code in why for why in whys)

    def test_one_that_is_there_twice(self, office: Office, tmp_path: Path) -> None:
        _, whys = refused(office, tmp_path, lambda m: node(m, "Hasil")["soals"].append(soal(m, 1)))

        assert any("dua kali" in why for why in whys)

    def test_another_rule_set_is_not_its_lke(self, migrated_url: str, tmp_path: Path) -> None:
        from models.database import bind, unbind

        bind(migrated_url)
        office = Office.opened(migrated_url, ruleset="permen-52-2014")
        with pytest.raises(BadInput) as caught:
            take(office, tmp_path, a_master())
        unbind()

        assert caught.value.key == "master_differs"

    def test_letters_of_columns_and_the_year_are_told_only(self, office: Office, tmp_path: Path) -> None:
        """Nothing is placed by them but our own export, so no score can change."""
        master = a_master(tahun=2025)
        soal(master, 2)["excel_kolom_jawaban_tpi"] = "O"

        done = take(office, tmp_path, master)

        assert done.changed == 127
        assert len(done.notes) == 2
        assert "2025" in done.notes[0]
        assert "excel_kolom_jawaban_tpi" in done.notes[1]

    def test_a_score_stays_what_it_was(self, office: Office, tmp_path: Path) -> None:
        from models.stages import Stage

        code = office.open(stage=Stage.SELF_ASSESSMENT)
        office.fill_lke(code, A_I_1_i_b="B")
        before = office.situation(code, lke=True).lke

        take(office, tmp_path, a_master())

        after = office.situation(code, lke=True).lke
        assert before
        assert after
        assert after.unit.total == before.unit.total


class TestWhatIsNoMaster:
    """A file that can't be read is refused with the place in it, and is bounded in size and depth."""

    @pytest.mark.parametrize(
        "raw",
        [b"", b"{", b"[]", b"null", b'{"tahun": NaN}', b'"' + b"x" * 100, b"\xff\xfe", b"[" * 100_000, b"PK\x03\x04"],
        ids=lambda raw: raw[:10].hex() or "empty",
    )
    def test_not_even_json(self, office: Office, tmp_path: Path, raw: bytes) -> None:
        with pytest.raises(BadInput) as caught:
            take(office, tmp_path, None, raw=raw)

        assert caught.value.key in ("not_json", "master_shape")
        assert caught.value.fix

    @pytest.mark.parametrize(
        "change",
        [
            lambda m: m.pop("data"),
            lambda m: m.update(tahun="dua ribu"),
            lambda m: m.update(tahun=10**40),
            lambda m: soal(m, 1).pop("id"),
            lambda m: soal(m, 1).update(id="satu"),
            lambda m: soal(m, 1).update(teks_pertanyaan=None),
            lambda m: soal(m, 1).update(teks_pertanyaan="\ud800"),
            lambda m: soal(m, 1).update(teks_pertanyaan="a\0b"),
            lambda m: soal(m, 1).update(teks_pertanyaan="x" * 20_001),
            lambda m: soal(m, 1)["skema_penilaian"][0].update(multiplier="1e999999"),
            lambda m: node(m, "Hasil").update(level="planet"),
            lambda m: m.update(data=_deep(20)),
            lambda m: m.update(data=[{**_leaf(), "nama": str(number)} for number in range(2_001)]),
        ],
        ids=range(13),
    )
    def test_another_shape(self, office: Office, tmp_path: Path, change: Change) -> None:
        error, _ = refused(office, tmp_path, change)

        assert error.key in ("master_shape", "not_json")

    def test_one_that_is_too_large(self, office: Office, tmp_path: Path) -> None:
        with pytest.raises(BadInput) as caught:
            take(office, tmp_path, None, raw=b" " * (20 * 1024 * 1024 + 1))

        assert caught.value.key == "file_too_large"

    def test_nothing_and_a_folder(self, office: Office, tmp_path: Path) -> None:
        for path, key in ((tmp_path / "tidak-ada.json", "file_missing"), (tmp_path, "not_a_file")):
            with pytest.raises(BadInput) as caught:
                import_master(office.cycle, path, dry_run=False, actor=office.actor("koordinator"), now=office.now)
            assert caught.value.key == key


class TestWhoMay:
    """The agency's koordinator, or the admin; asked before the file is read."""

    @pytest.mark.parametrize("who", ["kepala", "tpi", "auditor", "pimpinan"])
    def test_others_are_refused(self, office: Office, tmp_path: Path, who: str) -> None:
        for dry_run in (False, True):
            with pytest.raises(Refused) as caught:
                take(office, tmp_path, None, by=who, dry_run=dry_run, raw=b"{")

            assert rules_of(caught) == {"role_needed"}

    def test_the_admin_may(self, office: Office, tmp_path: Path) -> None:
        assert take(office, tmp_path, a_master(), by="admin").changed == 127

    def test_an_unknown_cycle(self, office: Office, tmp_path: Path) -> None:
        office.cycle = "CONTOH-1999"

        with pytest.raises(NotFound):
            take(office, tmp_path, a_master())


def node(master: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in nodes(master) if one["nama"] == name)


def _leaf() -> dict[str, Any]:
    return {"id": "x", "nama": "x", "level": "sub_area", "bobot_maksimal": 0, "children": [], "soals": []}


def _deep(depth: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(depth):
        found = [{**_leaf(), "children": found}]
    return found
