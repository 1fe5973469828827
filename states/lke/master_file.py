"""The shape of PortalRB's master file: a tree of nodes with their questions (soal). What we don't use is not read."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from models.errors import BadInput
from models.files import MIB
from models.texts import is_storable
from states.lke.json_file import read_json

SIZE_LIMIT = 20 * MIB  # bytes
DEEPEST = 8  # nodes inside each other; the ministry's have four or five
MOST_SOAL = 1_000
MOST_NODES = 2_000
LONGEST = 20_000  # letters of one text

Whose = Literal["komponen", "sub_komponen", "area_perubahan", "sub_area"]


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("letters that no database keeps")
    return text


def _sane(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number) > 10**6 or number.adjusted() < -10:  # noqa: PLR2004 - weights are 0 to 100
        raise ValueError("not a weight")
    return number


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_storable)]
Weight = Annotated[Decimal, AfterValidator(_sane)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Choice(_Part):
    key: Text
    label: Text | None = None
    multiplier: Weight


class Soal(_Part):
    id: int = Field(strict=True, gt=0, lt=1_000_000)
    teks_pertanyaan: Text
    kriteria_nilai: Text | None = None
    jenis_jawaban: Text
    skema_penilaian: tuple[Choice, ...] | None = None
    excel_sheet: Text | None = None
    excel_baris: int | None = Field(default=None, strict=True, ge=0, lt=10_000_000)
    excel_kolom_jawaban_unit: Text | None = None
    excel_kolom_catatan_unit: Text | None = None
    excel_kolom_bukti_dukung_unit: Text | None = None
    excel_kolom_jawaban_tpi: Text | None = None
    excel_kolom_catatan_tpi: Text | None = None


class Node(_Part):
    nama: Text
    level: Whose
    bobot_maksimal: Weight | None = None
    children: tuple["Node", ...] | None = None
    soals: tuple[Soal, ...] | None = None

    def all_soal(self) -> Iterator[Soal]:
        yield from self.soals or ()
        for child in self.children or ():
            yield from child.all_soal()

    def nodes(self) -> Iterator["Node"]:
        yield self
        for child in self.children or ():
            yield from child.nodes()


class Master(_Part):
    tahun: int = Field(strict=True, ge=2000, le=2999)
    total_soal: int = Field(strict=True, ge=0, lt=1_000_000)
    data: tuple[Node, ...]

    @property
    def soal(self) -> list[Soal]:
        return [one for node in self.data for one in node.all_soal()]

    @property
    def nodes(self) -> list[Node]:
        return [node for top in self.data for node in top.nodes()]


def read_master(path: Path) -> tuple[Master, bytes]:
    """The master and the file's bytes. Raises BadInput that names the first place that can't be read."""
    document, content = read_json(path, limit=SIZE_LIMIT)
    try:
        _require_shallow(document)
        master = Master.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "-"
        raise BadInput("master_shape", path=path.name, why=f"{where}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise BadInput("master_shape", path=path.name, why=(str(error).splitlines() or ["?"])[0][:200]) from error
    for name, found, most in (("soals", len(master.soal), MOST_SOAL), ("data", len(master.nodes), MOST_NODES)):
        if found > most:
            raise BadInput("master_shape", path=path.name, why=f"{name}: {found} > {most}")
    return master, content


def _require_shallow(document: Any) -> None:
    """Raises ValueError for nodes inside each other beyond reason, before anything walks them."""
    level = document.get("data") if isinstance(document, dict) else None
    for _ in range(DEEPEST):
        nodes = [node for node in level if isinstance(node, dict)] if isinstance(level, list) else []
        level = [child for node in nodes if isinstance(node.get("children"), list) for child in node["children"]]
        if not level:
            return
    raise ValueError(f"nodes more than {DEEPEST} deep")
