"""An LKE file that contradicts itself stops the product at the start: file, line and fault are told."""

from pathlib import Path

import pytest

from tests.rulesets.files import LKE, Slip, refused

TIM = 'code = "A.I.1.i"\n'
TIM_A = '{ code = "A.I.1.i.a", scale = "YT"'
TIM_B = '{ code = "A.I.1.i.b", scale = "ABC"'
CHANGES_IN = '{ key = "a", topic = "perubahan dibuat", topic_en = "changes made", soal = 90, row = 129 },'
SANCTIONED = "soal = 104, row = 154, data_only = true"
COMPLAINTS = 'ratio = { part = ["c"], whole = ["a"], when_zero = "1", within = true }'
HASIL = 'code = "B"\n'

CASES = {
    "a weight a quarter too high": (
        'name_en = "Work team"\nweight = "0.5"',
        'name_en = "Work team"\nweight = "0.75"',
        ('code = "A.I.1"\n', 'weight = "4"'),
        "A.I.1: what is below adds up to 4.25, not 4",
    ),
    "the total": ('total = "100"', 'total = "99.5"', ("total =",), "the components add up to 100, not 99.5"),
    "weights of questions": (
        '{ code = "B.I.b", scale = "ABCDE", weight = "5"',
        '{ code = "B.I.b", scale = "ABCDE", weight = "5.25"',
        ('code = "B.I"\n', "weight ="),
        "B.I: its questions add up to 22.75, not 22.5",
    ),
    "a weight for one question only": (
        '{ code = "B.I.b", scale = "ABCDE", weight = "5"',
        '{ code = "B.I.b", scale = "ABCDE"',
        ('code = "B.I"\n', "weight ="),
        "either all of its questions have weights or none",
    ),
    "a question's code twice": (TIM_B, TIM_B.replace("i.b", "i.a"), ("A.I.1.i.a", "A.I.1.i.a"), "question A.I.1.i.a"),
    "a code twice but for its letter case": (
        TIM_B,
        TIM_B.replace("A.I.1.i.b", "a.i.1.I.A"),
        ("a.i.1.I.A",),
        "question a.i.1.I.A stands there a second time",
    ),
    "a node's code twice": (TIM, 'code = "A.I.1"\n', ('code = "A.I.1"\n', "[[nodes]]"), "node A.I.1 stands"),
    "a node's code for another's question": (
        TIM_B,
        TIM_B.replace("A.I.1.i.b", "A.I.1.ii"),
        ('{ code = "A.I.1.ii"',),
        "question A.I.1.ii: a node may share its code only where",
    ),
    "a word with a meaning as a code": (TIM_B, TIM_B.replace("A.I.1.i.b", "total"), ('code = "total"',), "total"),
    "an area's code for a question": (TIM_B, TIM_B.replace("A.I.1.i.b", "MP"), ('code = "MP"',), "question MP"),
    "a soal twice": ("soal = 2, row = 7", "soal = 1, row = 7", (TIM_B,), "soal 1 stands there a second time"),
    "an input's soal twice": ("soal = 89,", "soal = 88,", ("row = 127",), "soal 88 stands there a second time"),
    "a row twice": ("row = 127", "row = 126", ("soal = 89",), "row 126 stands there a second time"),
    "an unknown scale": (TIM_B, TIM_B.replace("ABC", "ABX"), ("ABX",), "there is no scale ABX"),
    "no way to score": (TIM_B, '{ code = "A.I.1.i.b"', ('{ code = "A.I.1.i.b"',), "needs exactly one of scale, ratio"),
    "two ways to score": (TIM_B, f'{TIM_B}, portion = {{ most = "4" }}', (TIM_B,), "needs exactly one of scale, ratio"),
    "a formula over a missing input": (
        f"        {CHANGES_IN}\n",
        "",
        ('{ code = "A.II.1.i.b"',),
        "A.II.1.i.b: the formula needs inputs that are not there: a",
    ),
    "an input that nothing uses": (
        SANCTIONED,
        SANCTIONED.replace(", data_only = true", ""),
        ("soal = 104",),
        "A.II.3.iii.a: input c is not used",
    ),
    "an input for data only that is used": (
        "soal = 103, row = 153",
        "soal = 103, row = 153, data_only = true",
        ("soal = 103",),
        "A.II.3.iii.a: input b is data only, but used",
    ),
    "inputs without a formula": (
        "soal = 1, row = 6,",
        'soal = 1, row = 6, inputs = [{ key = "a", topic = "x", topic_en = "x", data_only = true }],',
        (TIM_A,),
        "only a ratio or a fall has inputs",
    ),
    "a division by nothing worth more than all": (
        COMPLAINTS,
        COMPLAINTS.replace('"1"', '"2"'),
        ('{ code = "A.II.5.ii"',),
        "when_zero is 2",
    ),
    "a division by nothing left open": (
        COMPLAINTS,
        COMPLAINTS.replace(', when_zero = "1"', ""),
        ('{ code = "A.II.5.ii"',),
        "ratio.when_zero: Field required",
    ),
    "a survey on a scale": (TIM_A, f'{TIM_A}, survey = "service"', (TIM_A,), "a survey's value is a portion"),
    "a scale that gives nobody all": (
        'ABC = { A = "1"',
        'ABC = { A = "0.9"',
        ("ABC = {",),
        "scale ABC: the best answer",
    ),
    "a part of an unknown area": (
        'parent = "A.I"\nkind = "area"\narea = "TL"',
        'parent = "A.I"\nkind = "area"\narea = "TX"',
        ('area = "TX"',),
        "A.I.2: there is no area TX",
    ),
    "an area without a part": (
        'MP = { name = "Manajemen Perubahan"',
        'XX = { name = "X", name_en = "X" }\nMP = { name = "Manajemen Perubahan"',
        ("XX = {",),
        "area XX: no node belongs to it",
    ),
    "a part of two areas": (
        f'{TIM}parent = "A.I.1"\nkind = "sub_area"',
        f'{TIM}parent = "A.I.1"\nkind = "sub_area"\narea = "TL"',
        (TIM, 'area = "TL"'),
        "A.I.1.i: it stands inside an area already",
    ),
    "a parent that is not there": (
        f'{TIM}parent = "A.I.1"',
        f'{TIM}parent = "A.I.9"',
        ('parent = "A.I.9"',),
        "A.I.1.i: no node A.I.9 stands before it",
    ),
    "a part that has nothing": (
        HASIL,
        'code = "C"\nparent = "A"\nkind = "group"\nname = "C"\nname_en = "C"\nweight = "0"\n\n[[nodes]]\n' + HASIL,
        ("soal = 124", "[[nodes]]"),
        "C: needs either questions or nodes below it",
    ),
    "a third component": (
        HASIL,
        'code = "C"\nkind = "component"\nname = "C"\nname_en = "C"\nweight = "1"\n'
        'questions = [{ code = "C.1", scale = "YT", topic = "x", topic_en = "x" }]\n\n[[nodes]]\n' + HASIL,
        ('{ code = "C.1"', "[[nodes]]"),
        "there are 3 nodes without a parent",
    ),
    "a weight of nothing": (
        HASIL,
        'code = "A.III"\nparent = "A"\nkind = "half"\nname = "C"\nname_en = "C"\nweight = "0"\n'
        'questions = [{ code = "C.1", scale = "YT", topic = "x", topic_en = "x" }]\n\n[[nodes]]\n' + HASIL,
        ('weight = "0"\n',),
        "A.III: a weight is more than 0",
    ),
    "an unknown key": ('weight = "22.5"', 'wieght = "22.5"\nweight = "22.5"', ("wieght",), "Extra inputs"),
    "an unknown key in a question": (TIM_B, f'{TIM_B}, bobot = "1"', (TIM_B,), "nodes.3.questions.1.bobot"),
    "an unknown kind of part": ('kind = "half"\nname = "Reform"', 'kind = "haf"\nname = "Reform"', ('"haf"',), "kind"),
    "a bare number": ('weight = "22.5"', "weight = 22.5", ("weight = 22.5",), "a number stands in quotes"),
    "a number that is none": ('weight = "22.5"', 'weight = "22,5"', ('"22,5"',), "a number stands in quotes"),
    "a number below zero": ('weight = "22.5"', 'weight = "-22.5"', ('"-22.5"',), "a number stands in quotes"),
    "a division by zero": ('weight = "22.5"', 'weight = "45/0"', ('"45/0"',), "a number stands in quotes"),
    "a bare number in a scale": ('B = "0.5", C = "0" }', 'B = 0.5, C = "0" }', ("B = 0.5",), "scales.ABC.B"),
    "evidence that is not wanted": ("{ SK = 1, undangan = 1, notulen = 1 }", "{ SK = 0 }", (TIM_A,), "evidence.SK"),
    "no TOML": ('weight = "22.5"', 'weight = "22.5', ('weight = "22.5\n',), "Illegal character"),
    "another name": ('name = "permen-90-2021"', 'name = "lain"', ('name = "lain"',), "its name is 'lain'"),
}
"""Each: the words that are changed, into what, the words at whose line it is told, and what is told."""


class TestBrokenLke:
    """Each kind of slip is found when the files are read, not when a unit is scored."""

    @pytest.mark.parametrize("slip", CASES.values(), ids=CASES)
    def test_is_told_with_its_line(self, tmp_path: Path, slip: Slip) -> None:
        refused(tmp_path, LKE, slip)
