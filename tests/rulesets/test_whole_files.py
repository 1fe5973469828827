"""What the rule files hold: how many questions and items, how much evidence, in both languages; and what pins them."""

import re
from pathlib import Path

import pytest

from rulesets.figures import short
from rulesets.library import find_ruleset, rulesets
from rulesets.lke import Lke
from rulesets.reading import read_ruleset
from tests.rulesets.files import LKE, RULES, copied

OF_2014 = find_ruleset("permen-52-2014").lke
OF_2021 = find_ruleset("permen-90-2021").lke

DELIBERATELY_ALIKE = {"E-Office", "Reform", "Whistle-Blowing System"}


def sub_areas(lke: Lke) -> int:
    return sum(node.kind == "sub_area" for node in lke.nodes)


class TestSizes:
    """A question that is left out, or asked twice, changes every score; so they are counted."""

    def test_90_2021_has_113_questions_in_42_sub_areas(self) -> None:
        assert (len(OF_2021.questions), sub_areas(OF_2021)) == (113, 42)

    def test_90_2021_has_127_items_numbered_as_in_portalrb(self) -> None:
        assert [item.soal for item in OF_2021.items.values()] == list(range(1, 128))
        assert list(OF_2021.by_soal) == list(range(1, 128))

    def test_its_rows_in_the_workbook_go_down(self) -> None:
        rows = [item.row or 0 for item in OF_2021.items.values()]
        assert rows == sorted(set(rows))
        assert all(rows)

    def test_52_2014_has_81_questions_in_23_sub_areas_and_3_results(self) -> None:
        results = [code for code, area in OF_2014.area_of.items() if area is None]
        assert (len(OF_2014.questions), sub_areas(OF_2014), results) == (84, 23, ["B.I.1", "B.I.2", "B.II.1"])

    def test_both_2021_rule_sets_score_by_the_same_sheet(self) -> None:
        assert find_ruleset("permen-90-2021-5-2024").lke == OF_2021

    @pytest.mark.parametrize(
        ("lke", "weights"),
        [
            (OF_2014, {"MP": 5, "TL": 5, "SDM": 15, "AK": 10, "PW": 15, "PP": 10}),
            (OF_2021, {"MP": 8, "TL": 7, "SDM": 10, "AK": 10, "PW": 15, "PP": 10}),
        ],
        ids=lambda value: getattr(value, "name", ""),
    )
    def test_the_areas_weigh_what_the_regulation_says(self, lke: Lke, weights: dict[str, int]) -> None:
        assert {area: sum(node.weight for node in lke.nodes if node.area == area) for area in lke.areas} == weights


class TestScales:
    """What a letter is worth; B and C of four are 0.67 and 0.33, as the workbook has them, and no thirds."""

    @pytest.mark.parametrize("lke", [OF_2014, OF_2021], ids=lambda lke: lke.name)
    def test_are_those_of_the_workbook(self, lke: Lke) -> None:
        worth = {
            name: " ".join(f"{letter}={short(value)}" for letter, value in scale.items())
            for name, scale in lke.scales.items()
        }

        assert worth == {
            "YT": "Ya=1 Tidak=0",
            "ABC": "A=1 B=0.5 C=0",
            "ABCD": "A=1 B=0.67 C=0.33 D=0",
            "ABCDE": "A=1 B=0.75 C=0.5 D=0.25 E=0",
        }


class TestEvidence:
    """What a question usually wants in evidence: 244 pieces over the 110 questions of pengungkit, none for results."""

    def test_adds_up(self) -> None:
        wanted = {code: sum(question.evidence.values()) for code, question in OF_2021.questions.items()}

        assert sum(wanted.values()) == 244
        assert {code for code, count in wanted.items() if count} == OF_2021.asking_evidence
        assert len(OF_2021.asking_evidence) == 110

    def test_is_one_piece_where_nobody_says(self) -> None:
        assert len(OF_2014.asking_evidence) == 81
        assert {OF_2014.questions[code].wanted for code in OF_2014.asking_evidence} == {1}

    def test_results_come_from_outside(self) -> None:
        for lke in (OF_2014, OF_2021):
            assert {code for code in lke.questions if code not in lke.asking_evidence} == {
                code for code, area in lke.area_of.items() if area is None
            }


@pytest.mark.parametrize("lke", [OF_2014, OF_2021], ids=lambda lke: lke.name)
class TestBothLanguages:
    """Whatever people read of a sheet stands there in Indonesian and in English."""

    def test_every_node_question_item_and_area_has_both(self, lke: Lke) -> None:
        terms = [
            *(node.title for node in lke.nodes),
            *(question.title for question in lke.questions.values()),
            *(item.title for item in lke.items.values()),
            *(area.title for area in lke.areas.values()),
            *(item.note for item in lke.items.values() if item.note),
        ]

        assert [str(term) for term in terms if not str.__str__(term).strip() or not term.english.strip()] == []

    def test_the_english_is_not_the_indonesian_again(self, lke: Lke) -> None:
        alike = {
            term.english
            for term in (*(node.title for node in lke.nodes), *(one.title for one in lke.questions.values()))
            if str.__str__(term).casefold() == term.english.casefold()
        }

        assert {word.casefold() for word in alike} <= {word.casefold() for word in DELIBERATELY_ALIKE}


class TestTheConfusingItem:
    """`soal_id` 116 reads as if it asked for others who reported; it is all of them, and the sheet says so."""

    def test_carries_a_note(self) -> None:
        assert [item.soal for item in OF_2021.items.values() if item.note] == [116]


class TestHash:
    """A cycle is pinned to a hash of both files, so that a change of either is seen."""

    def test_changes_when_either_file_changes(self, tmp_path: Path) -> None:
        paths = copied(tmp_path)
        hashes = [read_ruleset(paths[RULES]).hash]
        for name in (RULES, LKE):
            paths[name].write_bytes(paths[name].read_bytes() + b"# one comment more\n")
            hashes.append(read_ruleset(paths[RULES]).hash)

        assert len(set(hashes)) == 3
        assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in hashes)
        assert hashes[0] == find_ruleset("permen-90-2021").hash

    def test_no_two_rule_sets_share_one(self) -> None:
        assert len({rules.hash for rules in rulesets().values()}) == len(rulesets())
