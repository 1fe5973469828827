"""The LKE from the command line: what is answered, what it comes to, what is missing and who owes it."""

import json
from typing import Any

import pytest

from rulesets.library import find_ruleset
from tests.lkes import full_marks
from tests.zi.conftest import Shell

LKE = find_ruleset("permen-90-2021-5-2024").lke


def sheet(zi: Shell, name: str, **other: str) -> str:
    answers = [{"code": code, "answer": value} for code, value in full_marks(LKE, **other).items()]
    return zi.file(name, json.dumps({"answers": answers}))


@pytest.fixture
def code(zi: Shell) -> str:
    """A unit in its self-assessment."""
    baseline = ("--stage", "self_assessment", "--since", "2026-02-02", "--reason", "sudah berjalan")
    zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", *baseline, as_="koordinator")
    return "RSUD-2026"


@pytest.fixture
def assessed(zi: Shell, code: str) -> str:
    """Answered by the unit, proven, handed in, and answered by the TPI, who gives less in one area."""
    zi.json("lke", "answer", code, "--layer", "unit", "--from", sheet(zi, "unit.json"), as_="kepala")
    unproven = [row["question"] for row in zi.json("evidence", "missing", code)["missing"]]
    zi.json("evidence", "add", code, *unproven, "https://berkas.contoh.invalid/bukti", as_="kepala")
    papers = [f"{kind}=https://berkas.contoh.invalid/{kind}" for kind in ("laporan_monev", "survei_mandiri")]
    given = [word for paper in papers for word in ("--document", paper)]
    zi.json("candidacy", "move", code, "submit_to_tpi", *given, as_="kepala")
    worst = {item: "C" for item in LKE.items if LKE.area_of[LKE.items[item].question.code] == "TL"}
    zi.json("lke", "answer", code, "--layer", "tpi", "--from", sheet(zi, "tpi.json", **worst), as_="tpi")
    return code


class TestAnswering:
    """One answer or a file of them; all are kept, or none, and each that can't be taken is named."""

    def test_single_answers(self, zi: Shell, code: str) -> None:
        words = ("--set", "1=ya", "--set", "B.I.a=3,6")

        said = zi.json("lke", "answer", code, "--layer", "unit", *words, as_="kepala")

        assert said == {"accepted": 2, "unchanged": 0, "rejected": []}
        [row] = zi.json("candidacy", "list")["candidacies"]
        assert (row["lke_answered"], row["missing_evidence"]) == (2, 1)

    def test_a_file_that_can_not_be_taken_is_refused_whole(self, zi: Shell, code: str) -> None:
        answers = [{"soal_id": 1, "answer": "Ya"}, {"soal_id": 2, "answer": "Z"}, {"code": "X.1", "answer": "A"}]
        file = zi.file("salah.json", json.dumps({"answers": answers}))

        said = zi.json("lke", "answer", code, "--layer", "unit", "--from", file, as_="kepala", code=2)

        assert said["error"]["code"] == "bad_input"
        assert (said["accepted"], [one["row"] for one in said["rejected"]]) == (0, [3])  # an unknown item comes first
        assert zi.json("lke", "score", code)["answered"] == 0

    @pytest.mark.parametrize(
        ("content", "row"),
        [
            ("{", None),
            ('{"jawaban": []}', None),
            ("[]", None),
            ('{"answers": [{"answer": "Ya"}]}', 1),
            ('{"answers": [{"soal_id": 1, "code": "A.I.1.i.a", "answer": "Ya"}]}', 1),
            ('{"answers": [{"soal_id": 1, "jawab": "Ya"}]}', 1),
            ('{"answers": [{"soal_id": 1, "answer": true}]}', 1),
            ('{"answers": [{"soal_id": 1, "answer": NaN}]}', None),
            ('{"answers": [{"soal_id": 125, "answer": "3.6", "source": "kami"}]}', 1),
            ('{"answers": [{"soal_id": 1, "answer": 1e99999999999999999999}]}', None),
            ('{"answers": [{"code": "' + "9" * 5_000 + '", "answer": "Ya"}]}', 1),
            ('{"answers": [{"soal_id": 125, "answer": "3.6", "source": "tpn"}]}', 1),
            ("[" * 100_000, None),
        ],
    )
    def test_a_file_of_another_form_says_what_is_wrong(
        self, zi: Shell, code: str, content: str, row: int | None
    ) -> None:
        said = zi.json(
            "lke", "answer", code, "--layer", "unit", "--from", zi.file("x.json", content), as_="kepala", code=2
        )

        assert said["error"]["message"]
        if row is not None:
            assert [one["row"] for one in said["rejected"]] == [row]

    @pytest.mark.parametrize("words", [(), ("--set", "1=Ya", "--from", "x.json")])
    def test_answers_come_from_one_place(self, zi: Shell, code: str, words: tuple[str, ...]) -> None:
        said = zi.json("lke", "answer", code, "--layer", "unit", *words, as_="kepala", code=2)
        assert said["error"]["code"] == "usage"

    def test_an_unknown_layer_is_a_matter_of_usage(self, zi: Shell, code: str) -> None:
        said = zi.json("lke", "answer", code, "--layer", "bupati", "--set", "1=Ya", as_="kepala", code=2)
        assert "unit, preliminary, tpi, tpn" in said["error"]["message"] + said["error"]["fix"]


class TestScore:
    """Every threshold of both predicates, met or not and by how much; scores are strings with four decimals."""

    def test_the_document(self, zi: Shell, assessed: str) -> None:
        unit, tpi = zi.json("lke", "score", assessed, "--layer", "unit"), zi.json("lke", "score", assessed)

        assert (unit["layer"], unit["total"], unit["items"], unit["answered"]) == ("unit", "100.0000", 113, 113)
        assert (unit["pengungkit"], unit["hasil"]) == ("60.0000", "40.0000")
        assert unit["eligible"] == {"WBK": True, "WBBM": True}
        assert (tpi["layer"], tpi["eligible"]) == ("tpi", {"WBK": False, "WBBM": False})
        missed = {one["rule"]: one for one in tpi["thresholds"]["WBK"] if not one["met"]}
        assert set(missed) == {"area_TL"}
        assert (missed["area_TL"]["unit"], missed["area_TL"]["required"]) == ("percent", "60.0000")
        assert [area["code"] for area in tpi["areas"]] == ["MP", "TL", "SDM", "AK", "PW", "PP"]
        assert {one["status"] for one in tpi["prerequisites"]} == {"unknown"}
        assert tpi["ruleset_unchanged"] is True

    def test_every_figure_says_why(self, zi: Shell, assessed: str) -> None:
        for figure in ("total", "tl", "A.I.2", "A.I.2.i", "a.i.2.i.a", "A.II.5.ii"):
            why = zi.json("lke", "score", assessed, "--why", figure)["why"]
            assert why
            assert all(step["text"] for step in why)

        said = zi.json("lke", "score", assessed, "--why", "Z", code=4)
        assert said["error"]["code"] == "not_found"

    def test_people_read_it_too(self, zi: Shell, assessed: str) -> None:
        shown = zi("lke", "score", assessed)

        assert shown.code == 0
        assert "Ambang WBK: belum terpenuhi" in shown.out
        assert "Penataan Tatalaksana" in shown.out


class TestGapAndPriorities:
    """Where unit and TPI disagree, and what to improve first."""

    def test_the_gap_is_named_by_question_and_area(self, zi: Shell, assessed: str) -> None:
        gap = zi.json("lke", "gap", assessed)

        assert gap["layers"] == ["unit", "tpi"]
        assert {one["area"] for one in gap["questions"]} == {"TL"}
        assert float(gap["total"]["difference"]) < 0
        assert len(zi.json("lke", "gap", assessed, "--all")["questions"]) == 113

    def test_a_layer_without_answers_has_no_gap(self, zi: Shell, code: str) -> None:
        assert zi.json("lke", "gap", code, code=2)["error"]["code"] == "bad_input"

    def test_the_missed_area_comes_first(self, zi: Shell, assessed: str) -> None:
        found = zi.json("lke", "priorities", assessed, "--most", "3")

        assert (found["target"], len(found["priorities"])) == ("WBK", 3)
        assert {one["threshold"] for one in found["priorities"]} == {"area_TL"}
        assert found["priorities"][0]["evidence_wanted"] >= 1


class TestWhy:
    """What stands before the next stage, in the order of who must act, with the person."""

    def test_the_unit_comes_before_the_koordinator(self, zi: Shell, code: str) -> None:
        said = zi.json("candidacy", "why", code)

        assert said["move"] == "submit_to_tpi"
        assert {one["rule"] for one in said["obstacles"]} == {"lke_incomplete", "survey_missing", "document_missing"}
        assert {(one["owner"], one["person"]) for one in said["obstacles"]} == {
            ("pimpinan_unit", "kepala@contoh.invalid")
        }

    def test_then_the_tpi_then_the_koordinator(self, zi: Shell, assessed: str) -> None:
        owners: list[Any] = [one["owner"] for one in zi.json("candidacy", "why", assessed)["obstacles"]]

        assert list(dict.fromkeys(owners)) == ["pimpinan_unit", "tpi", "koordinator"]

    def test_people_see_it_grouped(self, zi: Shell, assessed: str) -> None:
        shown = zi("candidacy", "why", assessed).out

        assert shown.index("kepala@contoh.invalid") < shown.index("tpi@contoh.invalid")
        assert "Nilai di bawah ambang WBK, Penataan Tatalaksana" in shown


class TestShow:
    """All items with their answers, and what to mind where an item is easily misread."""

    def test_every_item_is_there_with_its_choices(self, zi: Shell, assessed: str) -> None:
        shown = zi.json("lke", "show", assessed)

        items = {item["code"]: item for item in shown["items"]}
        assert (len(items), shown["layers"]) == (127, ["unit", "tpi"])
        assert items["A.I.1.i.a"]["choices"] == ["Ya", "Tidak"]
        assert items["A.II.5.iii.a.d"]["mind"].startswith("Semua yang sudah melaporkan")
        assert items["A.I.2.i.a"]["answers"] == {"unit": "A", "tpi": "C"}
