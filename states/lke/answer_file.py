"""Answers in a JSON file: {"answers": [{"soal_id": 1, "answer": "Ya", "note": "...", "evidence": "..."}]}."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.catalogue import say
from models.errors import AnswersRejected, BadInput, Detail
from models.files import MIB
from models.lke import SurveySource
from states.lke.answers import KEEP, Given
from states.lke.json_file import read_json

SIZE_LIMIT = 5 * MIB  # bytes
MOST_ANSWERS = 1_000

Text = Annotated[str | None, Field(max_length=20_000)]


class _Line(BaseModel):
    """One answer; what is not said stays as it is stored, `null` takes it back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    soal_id: int | None = None
    code: str | None = None
    answer: str | int | Decimal | None = None
    note: Text = None
    evidence: Text = None
    source: str | None = None

    @model_validator(mode="after")
    def _one_name(self) -> "_Line":
        if (self.soal_id is None) == (self.code is None):
            raise ValueError("one of soal_id and code")
        return self


def read_answer_file(path: Path) -> list[Given]:
    """The answers in the file, with their place in the list (from 1). Raises BadInput, AnswersRejected."""
    document, _ = read_json(path, limit=SIZE_LIMIT)
    lines = document.get("answers") if isinstance(document, dict) else None
    if not isinstance(lines, list) or len(lines) > MOST_ANSWERS:
        raise BadInput("answer_file_shape", path=path.name, most=MOST_ANSWERS)
    given: list[Given] = []
    faults: list[Detail] = []
    for number, line in enumerate(lines, start=1):
        try:
            given.append(_given(_Line.model_validate(line), number))
        except ValidationError as error:
            told = {
                _fault(path, number, one) for one in error.errors(include_url=False)
            }  # a union tells one thing thrice
            faults.extend(sorted(told, key=lambda detail: detail.column or ""))
        except ValueError:
            known = ", ".join(source.value for source in SurveySource)
            why = say("answer.not_on_scale", known=known)
            faults.append(Detail(why, file=path.name, row=number, column="source", value=str(line["source"])))
    if faults:
        raise AnswersRejected(faults)
    return given


def _given(line: _Line, number: int) -> Given:
    said = line.model_fields_set
    return Given(
        item=str(line.soal_id) if line.soal_id is not None else (line.code or ""),
        value=line.answer if "answer" in said else KEEP,
        note=line.note if "note" in said else KEEP,
        evidence=line.evidence if "evidence" in said else KEEP,
        source=SurveySource(line.source) if line.source else None,
        row=number,
    )


def _fault(path: Path, number: int, error: Any) -> Detail:
    column = str(error["loc"][0]) if error["loc"] else None
    why = {"extra_forbidden": "unknown_field", "value_error": "one_name"}.get(error["type"], "bad_field")
    value = error.get("input") if error["loc"] else None
    shown = None if value is None or isinstance(value, (dict, list)) else str(value)[:200]
    return Detail(say(f"answer.{why}"), file=path.name, row=number, column=column, value=shown)
