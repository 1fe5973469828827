"""A PortalRB master of the 90/2021 LKE for tests, with wording of our own."""

from typing import Any

from rulesets.library import find_ruleset
from rulesets.lke import Item, Lke, Node

LKE = find_ruleset("permen-90-2021-5-2024").lke
KINDS = {"YT": "YA_TIDAK", "ABC": "ABC", "ABCD": "ABCD", "ABCDE": "ABCDE"}
LEVELS = {
    "component": "komponen",
    "half": "sub_komponen",
    "group": "sub_komponen",
    "area": "area_perubahan",
    "sub_area": "sub_area",
}


def a_master(lke: Lke = LKE, **other: Any) -> dict[str, Any]:
    """As the ministry's: nested nodes, counts under a sub-area inside a sub-area, 127 soal; `other` at the top."""
    document = {
        "tahun": 2026,
        "total_soal": len(lke.items),
        "generated_at": "2026-01-05T00:00:00Z",
        "data": [_node(lke, node) for node in lke.children[None]],
    }
    return {**document, **other}


def soal(master: dict[str, Any], number: int) -> dict[str, Any]:
    """One question of it, to change."""
    return next(one for node in nodes(master) for one in node["soals"] if one["id"] == number)


def nodes(master: dict[str, Any]) -> list[dict[str, Any]]:
    found, open_ = [], list(master["data"])
    while open_:
        node = open_.pop()
        found.append(node)
        open_.extend(node["children"])
    return found


def _node(lke: Lke, node: Node) -> dict[str, Any]:
    children = [_node(lke, child) for child in lke.children.get(node.code, ())]
    soals = []
    for question in node.questions:
        own = [_soal(item) for item in lke.items_of[question.code]]
        if question.inputs:
            children.append(_written(f"{question.code}-0", question.topic, "sub_area", 0, children=[], soals=own))
        else:
            soals.extend(own)
    return _written(node.code, node.name, LEVELS[node.kind], float(node.weight), children=children, soals=soals)


def _written(
    key: str, name: str, level: str, weight: float, *, children: list[dict[str, Any]], soals: list[dict[str, Any]]
) -> dict[str, Any]:
    named = {"id": key, "nama": name, "level": level, "bobot_maksimal": weight, "order_index": 0}
    return {**named, "children": children, "soals": soals}


def _soal(item: Item) -> dict[str, Any]:
    scale = item.question.scale
    letters = item.letters or {}
    return {
        "id": item.soal,
        "teks_pertanyaan": f"Uraian lengkap: {item.title}?",
        "kriteria_nilai": f"Kriteria {item.code}" if letters else None,
        "jenis_jawaban": KINDS[scale] if scale else "0-4" if item.question.portion else "Jumlah",
        "bobot_maksimal": 0,
        "skema_penilaian": [
            {"key": letter, "label": letter, "multiplier": float(worth)} for letter, worth in letters.items()
        ],
        "excel_sheet": "Jawaban",
        "excel_baris": item.row,
        "excel_kolom_jawaban_unit": "K",
        "excel_kolom_catatan_unit": "L",
        "excel_kolom_bukti_dukung_unit": "M",
        "excel_kolom_jawaban_tpi": "N",
        "excel_kolom_catatan_tpi": "Q",
    }
