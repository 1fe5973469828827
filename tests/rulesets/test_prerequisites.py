"""What must be so before a unit is proposed, held against the facts on record, on a given day."""

from datetime import date, timedelta

import pytest

from models.agencies import AgencyKind
from models.candidacies import Level
from rulesets.facts import Checked, FactKind, FactOnRecord, Of, check_facts
from rulesets.library import fact_kinds, find_ruleset

DAY = date(2026, 5, 31)
OF_2014, OF_2021 = "permen-52-2014", "permen-90-2021"


def fact(
    kind: str,
    value: str,
    *,
    of: Of = "agency",
    on: date = date(2025, 6, 1),
    until: date | None = None,
    document: int | None = None,
) -> FactOnRecord:
    return FactOnRecord(of, kind, value, on, until, document)


def checked(
    *facts: FactOnRecord,
    rule: str,
    name: str = OF_2021,
    level: Level = Level.WBK,
    agency: AgencyKind = AgencyKind.KABKOTA,
    on: date = DAY,
) -> Checked:
    rules = find_ruleset(name)
    found = check_facts(rules.prerequisites, rules.facts, facts, level=level, agency_kind=agency, on=on)
    [one] = [one for one in found if one.rule == rule]
    return one


class TestStatus:
    """Met, or one reason why not: unknown, too low, run out, or not for as many years running."""

    def test_without_any_fact_it_is_unknown(self) -> None:
        one = checked(rule="sakip")

        assert (one.status, one.met, one.actual, one.dated_on) == ("unknown", False, None, None)

    def test_just_good_enough_is_met(self) -> None:
        one = checked(fact("sakip", "B", document=7), rule="sakip")

        assert (one.status, one.met, one.required, one.actual) == ("met", True, "B", "B")
        assert (one.dated_on, one.document) == (date(2025, 6, 1), 7)
        assert one.source == "Permen PANRB 90/2021 Tabel 5 (p.46)"

    @pytest.mark.parametrize(
        ("level", "value", "status"),
        [
            (Level.WBK, "AA", "met"),
            (Level.WBK, "BB", "met"),
            (Level.WBK, "CC", "too_low"),
            (Level.WBBM, "BB", "met"),
            (Level.WBBM, "B", "too_low"),
        ],
    )
    def test_grades_go_from_best_to_worst(self, level: Level, value: str, status: str) -> None:
        assert checked(fact("sakip", value), rule="sakip", level=level).status == status

    @pytest.mark.parametrize(
        ("rule", "value", "status"),
        [
            ("tindak_lanjut", "100", "met"),
            ("tindak_lanjut", "100,0", "met"),
            ("tindak_lanjut", "99,99", "too_low"),
            ("lhkpn", "100", "met"),
            ("lhkan", "99.999999", "too_low"),
            ("layanan_berdampak", "ya", "met"),
            ("layanan_berdampak", "tidak", "too_low"),
        ],
    )
    def test_of_the_unit(self, rule: str, value: str, status: str) -> None:
        assert checked(fact(rule, value, of="unit"), rule=rule).status == status

    @pytest.mark.parametrize(("value", "status"), [("3", "met"), ("3,0", "met"), ("2.999", "too_low"), ("5", "met")])
    def test_maturity_is_a_number(self, value: str, status: str) -> None:
        assert checked(fact("maturitas_spip", value), rule="maturitas_spip").status == status

    def test_a_value_that_the_kind_no_longer_has_is_too_low(self) -> None:
        assert checked(fact("sakip", "memuaskan"), rule="sakip").status == "too_low"

    def test_what_is_known_of_the_unit_says_nothing_of_the_agency(self) -> None:
        assert checked(fact("sakip", "AA", of="unit"), rule="sakip").status == "unknown"


class TestTime:
    """A fact counts from its date to its last day, and the newest one counts."""

    @pytest.mark.parametrize(("days", "status"), [(-1, "met"), (0, "met"), (1, "expired")])
    def test_it_holds_on_its_last_day_and_not_the_day_after(self, days: int, status: str) -> None:
        known = fact("sakip", "A", until=DAY)

        assert checked(known, rule="sakip", on=DAY + timedelta(days=days)).status == status

    @pytest.mark.parametrize(("days", "status"), [(-1, "unknown"), (0, "met")])
    def test_it_is_not_known_before_its_date(self, days: int, status: str) -> None:
        assert checked(fact("sakip", "A", on=DAY), rule="sakip", on=DAY + timedelta(days=days)).status == status

    def test_the_newest_counts_though_an_older_was_better(self) -> None:
        better, newer = fact("sakip", "A", on=date(2024, 6, 1)), fact("sakip", "CC", on=date(2025, 6, 1))

        for facts in ((better, newer), (newer, better)):
            assert (checked(*facts, rule="sakip").status, checked(*facts, rule="sakip").actual) == ("too_low", "CC")

    def test_the_newest_of_that_day_counts_not_of_today(self) -> None:
        then, later = fact("sakip", "CC", on=date(2025, 6, 1)), fact("sakip", "A", on=DAY + timedelta(days=1))

        assert checked(then, later, rule="sakip").actual == "CC"

    def test_an_older_one_does_not_stand_in_for_one_that_has_run_out(self) -> None:
        endless = fact("sakip", "A", on=date(2024, 6, 1))
        ended = fact("sakip", "A", on=date(2025, 6, 1), until=DAY - timedelta(days=1))

        assert checked(endless, ended, rule="sakip").status == "expired"


class TestYearsRunning:
    """52/2014 asks WTP two years running of an agency whose unit goes for WBBM, and once for WBK."""

    @pytest.mark.parametrize(
        ("level", "opinions", "status"),
        [
            (Level.WBK, {2025: "WTP"}, "met"),
            (Level.WBK, {2024: "WDP", 2025: "WTP"}, "met"),
            (Level.WBBM, {2025: "WTP"}, "not_running"),
            (Level.WBBM, {2024: "WTP", 2025: "WTP"}, "met"),
            (Level.WBBM, {2024: "WDP", 2025: "WTP"}, "not_running"),
            (Level.WBBM, {2023: "WTP", 2025: "WTP"}, "not_running"),
            (Level.WBBM, {2024: "WTP", 2025: "WDP"}, "too_low"),
            (Level.WBBM, {2022: "WDP", 2023: "TMP", 2024: "WTP", 2025: "WTP"}, "met"),
            (Level.WBBM, {}, "unknown"),
        ],
    )
    def test_of_the_bpk_opinion(self, level: Level, opinions: dict[int, str], status: str) -> None:
        facts = [fact("opini_bpk", value, on=date(year, 6, 1)) for year, value in opinions.items()]

        one = checked(*facts, rule="opini_bpk", name=OF_2014, level=level)

        assert one.status == status
        assert one.years == (2 if level is Level.WBBM else 1)

    def test_90_2021_asks_for_one_year_only(self) -> None:
        for level in Level:
            assert checked(fact("opini_bpk", "WTP"), rule="opini_bpk", level=level).status == "met"

    def test_two_opinions_of_one_year_are_one_year(self) -> None:
        facts = [fact("opini_bpk", "WTP", on=date(2025, month, 1)) for month in (5, 6)]

        assert checked(*facts, rule="opini_bpk", name=OF_2014, level=Level.WBBM).status == "not_running"


class TestWhoIsAsked:
    """The RB index that suffices differs between ministries and regions, and is asked of each once."""

    @pytest.mark.parametrize(
        ("agency", "level", "required"),
        [
            (AgencyKind.KL, Level.WBK, "B"),
            (AgencyKind.KL, Level.WBBM, "BB"),
            (AgencyKind.PROVINSI, Level.WBK, "CC"),
            (AgencyKind.PROVINSI, Level.WBBM, "B"),
            (AgencyKind.KABKOTA, Level.WBK, "CC"),
            (AgencyKind.KABKOTA, Level.WBBM, "B"),
        ],
    )
    def test_rb_index(self, agency: AgencyKind, level: Level, required: str) -> None:
        one = checked(fact("indeks_rb", "CC"), rule="indeks_rb", agency=agency, level=level)

        assert one.required == required
        assert one.met is (required == "CC")

    @pytest.mark.parametrize("agency", AgencyKind)
    @pytest.mark.parametrize("name", [OF_2014, OF_2021, "permen-90-2021-5-2024"])
    def test_each_fact_is_asked_once(self, agency: AgencyKind, name: str) -> None:
        rules = find_ruleset(name)
        for level in Level:
            found = check_facts(rules.prerequisites, rules.facts, (), level=level, agency_kind=agency, on=DAY)
            assert len({one.rule for one in found}) == len(found) == {OF_2014: 6}.get(name, 9)


class TestFigures:
    """How good each fact must be for WBK and for WBBM, as the regulations print it; here for a kabupaten."""

    @pytest.mark.parametrize(
        ("name", "asked"),
        [
            (
                OF_2014,
                (
                    "opini_bpk WTP/WTP, sakip CC/CC, eselon III/III, unit_strategis ya/ya, rb_baik ya/ya, "
                    "sumber_daya_besar ya/ya"
                ),
            ),
            *(
                (
                    name,
                    (
                        "opini_bpk WTP/WTP, sakip B/BB, indeks_rb CC/B, maturitas_spip 3/3, layanan_berdampak ya/ya, "
                        "tindak_lanjut 100/100, lhkpn 100/100, lhkan 100/100, sakip_internal B/BB"
                    ),
                )
                for name in (OF_2021, "permen-90-2021-5-2024")
            ),
        ],
    )
    def test_of_each_rule_set(self, name: str, asked: str) -> None:
        mine = [one for one in find_ruleset(name).prerequisites if AgencyKind.KABKOTA in one.agency_kinds]

        assert ", ".join(f"{one.fact} {one.WBK}/{one.WBBM}" for one in mine) == asked

    def test_agency_and_unit_are_told_apart(self) -> None:
        of_agency = {one.fact for one in find_ruleset(OF_2021).prerequisites if one.of == "agency"}

        assert of_agency == {"opini_bpk", "sakip", "indeks_rb", "maturitas_spip"}


class TestKinds:
    """A kind says what its values look like, and takes them in any letter case."""

    @pytest.mark.parametrize(
        ("kind", "said", "stored"),
        [
            ("opini_bpk", "wtp", "WTP"),
            ("opini_bpk", " Wtp ", "WTP"),
            ("opini_bpk", "WTPP", None),
            ("sakip", "bb", "BB"),
            ("sakip", "AAA", None),
            ("eselon", "iii", "III"),
            ("layanan_berdampak", "YA", "ya"),
            ("lhkpn", "99,5", "99,5"),
            ("lhkpn", "100", "100"),
            ("lhkpn", "100,1", None),
            ("lhkpn", "101", None),
            ("lhkpn", "-1", None),
            ("lhkpn", "100%", None),
            ("lhkpn", "1e2", None),
            ("lhkpn", "", None),
            ("maturitas_spip", "5", "5"),
            ("maturitas_spip", "5,01", None),
            ("maturitas_spip", "3.25", "3.25"),
            ("sk_penetapan_unit", " SK  1/2025 ", "SK 1/2025"),
            ("sk_penetapan_unit", "x" * 201, None),
            ("sk_penetapan_unit", "  ", None),
        ],
    )
    def test_reads(self, kind: str, said: str, stored: str | None) -> None:
        one = fact_kinds()[kind]

        assert one.read(said) == stored
        if stored is not None:
            assert one.takes(stored)

    def test_a_most_of_two_digits_is_a_number_like_any_other(self) -> None:
        kind = FactKind(most=12)

        assert [value for value in ("0", "9", "10", "12", "12,0", "12,1", "13") if not kind.takes(value)] == [
            "12,1",
            "13",
        ]
        assert kind.reaches("10", "9")
