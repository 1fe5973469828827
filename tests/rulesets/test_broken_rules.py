"""A rule set that contradicts itself or its LKE stops the product at the start: file, line and fault are told."""

from pathlib import Path

import pytest

from tests.rulesets.files import NAME, RULES, Slip, refused

CASES = {
    "another name": (f'name = "{NAME}"', 'name = "lain"', ('name = "lain"',), "its name is 'lain'"),
    "a missing LKE": (f'lke = "{NAME}"', 'lke = "lain"', ('lke = "lain"',), "there is no LKE 'lain'"),
    "an LKE that is no name": (f'lke = "{NAME}"', "lke = 7", ("lke = 7",), "there is no LKE 7"),
    "no LKE at all": (f'lke = "{NAME}"', f'# lke = "{NAME}"', (f'name = "{NAME}"',), "there is no LKE None"),
    "a threshold over nothing": ('of = "B.I.a"', 'of = "B.I.z"', ('of = "B.I.z"',), "the LKE has no B.I.z"),
    "a threshold above the weight": ('WBK = "18.25"', 'WBK = "22.75"', ('WBK = "22.75"',), "22.75 is more than 22.5"),
    "a threshold above a question's weight": ('WBK = "2.5"', 'WBK = "5.25"', ('WBK = "5.25"',), "5.25 is more than 5"),
    "a threshold above the total": ('WBK = "75"\nWBBM = "85"', 'WBK = "75"\nWBBM = "101"', ('"101"',), "101 is more"),
    "more than all of an area": ('WBK = "60"', 'WBK = "101"', ('WBK = "101"',), "101 is more than 100"),
    "a threshold for nobody": (
        'WBK = "18.25"\nWBBM = "19.5"\n',
        "",
        ('rule = "area"', "[[thresholds]]"),
        "threshold bersih_akuntabel: needs a value",
    ),
    "a threshold twice": (
        'rule = "ipak"',
        'rule = "kinerja"',
        ('rule = "kinerja"', 'of = "B.I.a"', 'rule = "kinerja"'),
        "threshold kinerja stands there a second time",
    ),
    "a threshold as a bare number": ('WBK = "18.25"', "WBK = 18.25", ("WBK = 18.25",), "a number stands in quotes"),
    "a prerequisite that no value meets": (
        'fact = "sakip"\nof = "agency"\nWBK = "B"\nWBBM = "BB"',
        'fact = "sakip"\nof = "agency"\nWBK = "B"\nWBBM = "BBB"',
        ('"BBB"',),
        "BBB is not a value of this fact",
    ),
    "a prerequisite in the wrong letter case": ('WBK = "CC"', 'WBK = "cc"', ('"cc"',), "cc is not a value"),
    "a prerequisite above all": (
        'fact = "lhkan"\nof = "unit"\nWBK = "100"',
        'fact = "lhkan"\nof = "unit"\nWBK = "101"',
        ('"101"',),
        "prerequisite lhkan: 101 is not a value of this fact",
    ),
    "a prerequisite over an unknown fact": ('fact = "lhkan"', 'fact = "lhkxx"', ('"lhkxx"',), "no such kind of fact"),
    "a prerequisite over a text": (
        'fact = "lhkan"',
        'fact = "sk_penetapan_unit"',
        ("[[prerequisites]]", 'fact = "sk_penetapan_unit"'),
        "no text is better than another",
    ),
    "a prerequisite for no years": (
        'fact = "lhkan"',
        'years = { WBK = 0 }\nfact = "lhkan"',
        ("years = { WBK = 0",),
        "years.WBK",
    ),
    "a fact of two forms": (
        "percent = true }\nlhkpn",
        "percent = true, most = 5 }\nlhkpn",
        ("most = 5 }\nlhkpn",),
        "one of",
    ),
    "a clock over an unknown fact": (
        'fact = "sk_penetapan_unit"\nsource',
        'fact = "sk_apa"\nsource',
        ('"sk_apa"',),
        "there is no fact sk_apa",
    ),
    "a requirement for an unknown document": (
        'submit_to_tpi = [\n    { document = "laporan_monev" },',
        'submit_to_tpi = [\n    { document = "surat_cinta" },',
        ("surat_cinta",),
        "there is no document surat_cinta",
    ),
    "a clock of no months": ("months = 12", "months = 0", ("months = 0",), "clock.months"),
    "an unknown route": ('routes = ["tpn"]', 'routes = ["jalan_tikus"]', ("jalan_tikus",), "routes.0"),
    "an unknown role": (
        'hasil_penilaian_pendahuluan = { filed_by = ["koordinator"]',
        'hasil_penilaian_pendahuluan = { filed_by = ["ketua"]',
        ("ketua",),
        "filed_by",
    ),
    "an unknown table": ("[clock]", "[jam]", ("[jam]",), "jam: Extra inputs"),
    "no TOML": ("criteria = [", "criteria = ", ("criteria = ",), "Expected newline"),
}
"""Each: the words that are changed, into what, the words at whose line it is told, and what is told."""


class TestBrokenRules:
    """Each kind of slip is found when the files are read, not when a unit stands before its proposal."""

    @pytest.mark.parametrize("slip", CASES.values(), ids=CASES)
    def test_is_told_with_its_line(self, tmp_path: Path, slip: Slip) -> None:
        refused(tmp_path, RULES, slip)
