"""One unit walks from pencanangan to designation, from the command line, and every step is a document."""

import json
from typing import Any

from rulesets.library import find_ruleset
from tests.lkes import full_marks
from tests.zi.conftest import Shell

LINK = "https://berkas.contoh.invalid/"
CRITERIA = ("--set", "core_business=ya", "--set", "high_risk=ya", "--set", "wide_impact=tidak")
TODAY = ("--effective", "2026-02-02")
FACTS = """subject,kind,value,date,valid_until
CONTOH,opini_bpk,WTP,2025-05-20,
CONTOH,sakip,B,2025-11-10,
CONTOH,indeks_rb,CC,2025-12-12,
CONTOH,maturitas_spip,3,2025-09-15,
RSUD,layanan_berdampak,ya,2025-01-10,
RSUD,tindak_lanjut,100,2025-12-31,
RSUD,lhkpn,100,2025-03-31,
RSUD,lhkan,100,2025-03-31,
RSUD,sakip_internal,B,2025-02-27,
"""
LKE = find_ruleset("permen-90-2021-5-2024").lke


def papers(*kinds: str) -> list[str]:
    return [word for kind in kinds for word in ("--document", f"{kind}={LINK}{kind}")]


def fill_lke(zi: Shell, layer: str, *, as_: str) -> None:
    answers = [{"code": code, "answer": value} for code, value in full_marks(LKE).items()]
    file = zi.file(f"{layer}.json", json.dumps({"answers": answers}))
    said = zi.json("lke", "answer", "RSUD-2026", "--layer", layer, "--from", file, as_=as_)
    assert said == {"accepted": 127, "unchanged": 0, "rejected": []}


def walk(zi: Shell) -> list[dict[str, Any]]:
    """All the way; returns what each move said."""
    said: list[dict[str, Any]] = []

    def move(name: str, *words: str, as_: str = "koordinator") -> None:
        said.extend(zi.json("candidacy", "move", "rsud-2026", name, *words, as_=as_)["moved"])

    zi.json("candidacy", "open", "rsud", "contoh-2026", "--target", "WBK", as_="koordinator")
    move("select_unit", *papers("piagam_pencanangan", "pakta_integritas"))
    sk = ("--set", "sk_penetapan_unit.number=01", "--set", "sk_penetapan_unit.date=2025-01-10")
    needed = papers("usulan_tim", "sk_penetapan_unit", "sk_tim_kerja", "rencana_aksi")
    move("start_self_assessment", *needed, *sk, *CRITERIA)
    fill_lke(zi, "unit", as_="kepala")
    unproven = [row["question"] for row in zi.json("evidence", "missing", "RSUD-2026")["missing"]]
    zi.json("evidence", "add", "RSUD-2026", *unproven, f"{LINK}bukti", as_="kepala")
    move("submit_to_tpi", *papers("laporan_monev", "survei_mandiri"), as_="kepala")
    fill_lke(zi, "tpi", as_="tpi")
    zi.json("import", "facts", zi.file("facts.csv", FACTS), as_="koordinator")
    for kind in ("lhe", "berita_acara"):
        zi.json("document", "add", "RSUD-2026", kind, zi.file(f"{kind}.txt", kind), as_="tpi")
    move("propose", *papers("surat_usulan", "sptjm"), "--decided-by", "Bupati Contoh")
    for name in ("pass_administrative", "pass_desk", "pass_field", "pass_clearance"):
        move(name, *TODAY)
    decree = ("--set", "keputusan_menteri.number=KM/1", "--set", "keputusan_menteri.date=2026-02-02")
    move("designate", *papers("keputusan_menteri"), *decree)
    return said


class TestTheWholeWay:
    """Six stages, each entered by its move, each move in the trail."""

    def test_from_pencanangan_to_designation(self, zi: Shell) -> None:
        said = walk(zi)

        stages = [one["to"] for one in said]
        assert stages == [
            "unit_identification",
            "self_assessment",
            "tpi_assessment",
            "submission_administrative",
            "submission_desk",
            "submission_field",
            "submission_clearance",
            "submission_panel",
            "designation",
        ]
        assert [one["from"] for one in said] == ["pencanangan", *stages[:-1]]
        assert said[0].keys() == {"code", "from", "to", "audit_seq"}

        records = zi.json("audit", "log", "RSUD-2026")["records"]
        moved = [record for record in records if record["action"] == "moved"]
        assert [(record["before"], record["after"]) for record in moved] == [(m["from"], m["to"]) for m in said]
        assert [record["seq"] for record in moved] == [one["audit_seq"] for one in said]
        assert moved[2]["actor"] == "kepala@contoh.invalid"
        assert zi.json("audit", "verify")["ok"] is True

    def test_the_list_shows_the_users_six_stages(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")

        [row] = zi.json("candidacy", "list")["candidacies"]

        assert row == {
            "code": "RSUD-2026",
            "unit": "RSUD",
            "unit_name": "RSUD Contoh",
            "agency": "CONTOH",
            "cycle": "CONTOH-2026",
            "target": "WBK",
            "ruleset": "permen-90-2021-5-2024",
            "stage": "pencanangan",
            "substage": None,
            "since": "2026-02-02",
            "due": "2026-02-27",
            "days_left": 25,
            "missing_evidence": None,
            "missing_documents": 2,
            "lke_answered": None,
            "lke_total": None,
            "open_findings": 0,
            "next_owner": "koordinator",
            "next_person": "koordinator@contoh.invalid",
        }

    def test_a_step_of_submission_is_a_substage(self, zi: Shell) -> None:
        baseline = ("--stage", "submission_desk", "--since", "2026-01-15", "--reason", "sudah berjalan")
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", *baseline, as_="koordinator")

        [row] = zi.json("candidacy", "list", "--stage", "submission")["candidacies"]

        assert (row["stage"], row["substage"]) == ("submission", "desk")

    def test_show_names_every_move_from_here_with_its_obstacles(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")

        shown = zi.json("candidacy", "show", "rsud-2026")

        moves = {move["name"]: move for move in shown["moves"]}
        assert set(moves) == {"select_unit", "withdraw"}
        assert moves["withdraw"]["allowed"] is True
        assert moves["select_unit"]["to"] == "unit_identification"
        assert [one["rule"] for one in moves["select_unit"]["obstacles"]] == ["document_missing"] * 2
        assert all(one["reason"] and one["fix"] for one in moves["select_unit"]["obstacles"])
        assert shown["documents"][0] == {
            "kind": "piagam_pencanangan",
            "needed_for": "select_unit",
            "status": "missing",
            "scope": None,
        }
        assert shown["entries"][0] == {
            "stage": "pencanangan",
            "entered": "2026-02-02",
            "due": "2026-02-27",
            "left": None,
            "undone": False,
        }


class TestRefusals:
    """A refusal exits with 3, names every obstacle, changes nothing, and stands in the trail."""

    def test_a_refusal_is_a_document(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")

        document = zi.json("candidacy", "move", "RSUD-2026", "select_unit", as_="auditor", code=3)

        assert {refusal["rule"] for refusal in document["refused"]} == {"role_needed", "document_missing"}
        assert all(refusal.keys() == {"candidacy", "rule", "reason", "fix"} for refusal in document["refused"])
        assert {refusal["candidacy"] for refusal in document["refused"]} == {"RSUD-2026"}
        last = zi.json("audit", "log", "RSUD-2026")["records"][-1]
        assert (last["action"], last["actor"]) == ("refused", "auditor@contoh.invalid")

    def test_a_refused_move_keeps_none_of_its_documents(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")

        zi.json(
            *("candidacy", "move", "RSUD-2026", "select_unit", *papers("piagam_pencanangan")), as_="koordinator", code=3
        )

        assert zi.json("document", "list", "RSUD-2026")["documents"] == []

    def test_people_read_the_obstacle_and_what_to_do(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")

        answer = zi("candidacy", "move", "RSUD-2026", "select_unit", as_="koordinator")

        assert (answer.code, answer.out) == (3, "")
        assert answer.err.splitlines()[0] == (
            "RSUD-2026: Belum ada dokumen: piagam pencanangan (Permen PANRB 90/2021 p.12)."
            " -> zi document add RSUD-2026 piagam_pencanangan BERKAS-ATAU-TAUTAN"
        )


class TestCorrections:
    """The last move is undone when a second person says so."""

    def test_one_asks_and_another_confirms(self, zi: Shell) -> None:
        walk(zi)
        asked = zi.json("candidacy", "move", "RSUD-2026", "correct", "--reason", "keliru", as_="koordinator")
        assert asked["moved"] == []
        assert asked["waiting"][0]["back_to"] == "submission_panel"

        same = zi.json("candidacy", "move", "RSUD-2026", "correct", as_="koordinator", code=3)
        assert [one["rule"] for one in same["refused"]] == ["second_person_needed"]

        done = zi.json("candidacy", "move", "RSUD-2026", "correct", as_="koordinator2")
        assert (done["moved"][0]["from"], done["moved"][0]["to"]) == ("designation", "submission_panel")
        shown = zi.json("candidacy", "show", "RSUD-2026")
        assert [entry["stage"] for entry in shown["entries"] if entry["undone"]] == ["designation"]
        assert shown["entries"][-2]["left"] is None
