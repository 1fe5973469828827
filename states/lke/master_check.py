"""Holds a PortalRB master against our LKE: what differs would mean other scores, and is named. Pure.

Refused: another soal, kind of answer, multiplier, number of soal, weight of a node, and another row of the workbook,
because exports put answers into these rows. Only told: letters of columns, which nothing is placed by but our own
export, and the year.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from fractions import Fraction

from models.catalogue import say
from rulesets.figures import short
from rulesets.lke import Item, Lke
from states.lke.master_file import Master, Node, Soal

KINDS = {
    "ya_tidak": ("ya", "tidak"),
    "abc": ("a", "b", "c"),
    "abcd": ("a", "b", "c", "d"),
    "abcde": ("a", "b", "c", "d", "e"),
    "jumlah": ("jumlah",),
    "0-4": ("0-4",),
}


def differences(master: Master, lke: Lke) -> Iterator[str]:
    """Every reason to refuse it, with the soal and both values."""
    soal = master.soal
    counted = Counter(one.id for one in soal)
    if master.total_soal != len(soal):
        yield say("master.count", said=master.total_soal, found=len(soal))
    yield from (say("master.twice", soal=number) for number, count in counted.items() if count > 1)
    yield from (say("master.unknown_soal", soal=number) for number in counted if number not in lke.by_soal)
    for number, item in lke.by_soal.items():
        if number not in counted:
            yield say("master.missing_soal", soal=number, item=item.code)
    for one in soal:
        if one.id in lke.by_soal:
            yield from _of_soal(one, lke.by_soal[one.id])
    for node in master.nodes:
        yield from _of_node(node, lke)


def notes(master: Master, lke: Lke, *, year: int) -> Iterator[str]:
    """What differs and changes no score."""
    if master.tahun != year:
        yield say("master.note_year", said=master.tahun, ours=year)
    places = lke.workbook
    for one in master.soal if places else ():
        assert places  # noqa: S101 - asked just above
        pairs = {
            "excel_sheet": (one.excel_sheet, places.sheet),
            "excel_kolom_jawaban_unit": (one.excel_kolom_jawaban_unit, places.unit.answer),
            "excel_kolom_catatan_unit": (one.excel_kolom_catatan_unit, places.unit.note),
            "excel_kolom_bukti_dukung_unit": (one.excel_kolom_bukti_dukung_unit, places.unit.evidence),
            "excel_kolom_jawaban_tpi": (one.excel_kolom_jawaban_tpi, places.tpi.answer),
            "excel_kolom_catatan_tpi": (one.excel_kolom_catatan_tpi, places.tpi.note),
        }
        for name, (said, ours) in pairs.items():
            if said and ours and said.strip().casefold() != ours.casefold():
                yield say("master.note_column", soal=one.id, field=name, said=said[:50], ours=ours)
    for node in master.nodes:
        if node.level == "sub_area" and _soal(node) and not _same(node, lke):
            yield say("master.note_group", name=node.nama[:100])


def _of_soal(one: Soal, item: Item) -> Iterator[str]:
    kind = KINDS.get(one.jenis_jawaban.strip().casefold())
    ours = _kind(item)
    if kind != ours:
        yield say("master.kind", soal=one.id, said=one.jenis_jawaban[:50], ours="/".join(ours))
    worth = _worth(item)
    said = _scheme(one, worth)
    if said != worth or len(one.skema_penilaian or ()) != len(worth):
        yield say("master.scheme", soal=one.id, said=_shown(said), ours=_shown(worth))
    if one.excel_baris is not None and item.row is not None and one.excel_baris != item.row:
        yield say("master.row", soal=one.id, said=one.excel_baris, ours=item.row)
    if not one.teks_pertanyaan.strip():
        yield say("master.no_text", soal=one.id)


def _of_node(node: Node, lke: Lke) -> Iterator[str]:
    """A node of theirs is the one of ours that holds the same soal; a sub-area may be parted further than ours."""
    if not _soal(node):
        return
    ours = _same(node, lke)
    if not ours:
        if node.level != "sub_area":
            yield say("master.grouping", name=node.nama[:100], level=node.level)
        return
    said = None if node.bobot_maksimal is None else Fraction(node.bobot_maksimal)
    if said is not None and said not in ours and not (said == 0 and node.level == "sub_area"):
        yield say("master.weight", name=node.nama[:100], said=short(said), ours=" / ".join(short(one) for one in ours))


def _same(node: Node, lke: Lke) -> list[Fraction]:
    """Weights of our nodes that hold exactly these soal, and of a question that does."""
    wanted = _soal(node)
    found = [lke.by_code[code].weight for code, soal in _soal_of_nodes(lke).items() if soal == wanted]
    for code, items in lke.items_of.items():
        if {item.soal for item in items} == wanted:
            found.append(lke.weight_of[code])
    return list(dict.fromkeys(found))


def _soal_of_nodes(lke: Lke) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = {node.code: set() for node in lke.nodes}
    for item in lke.items.values():
        if item.soal is not None:
            for node in lke.chain(lke.node_of[item.question.code].code):
                found[node.code].add(item.soal)
    return found


def _soal(node: Node) -> set[int]:
    return {one.id for one in node.all_soal()}


def _kind(item: Item) -> tuple[str, ...]:
    if item.letters is not None:
        return tuple(letter.casefold() for letter in item.letters)
    return ("0-4",) if item.question.portion else ("jumlah",)


def _scheme(one: Soal, known: Container[str]) -> dict[str, Fraction]:
    """What each choice is worth, by its key, or by its label where that is the letter."""
    found: dict[str, Fraction] = {}
    for choice in one.skema_penilaian or ():
        names = [name.strip().casefold() for name in (choice.key, choice.label) if name]
        found[next((name for name in names if name in known), next(iter(names), ""))] = Fraction(choice.multiplier)
    return found


def _worth(item: Item) -> dict[str, Fraction]:
    return {letter.casefold(): worth for letter, worth in (item.letters or {}).items()}


def _shown(scheme: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{key[:20]} = {short(worth)}" for key, worth in scheme.items()) or "-"
