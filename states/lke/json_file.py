"""A JSON file from outside: size, depth and numbers are looked at before anything is made of it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.errors import BadInput
from models.files import MIB, read_up_to


def read_json(path: Path, *, limit: int) -> tuple[Any, bytes]:
    """What the file says, decimals exact, and its bytes; `limit` in bytes.

    Raises BadInput where it can't be read, is too large, or is no JSON.
    """
    content = read_up_to(path, limit + 1)
    if len(content) > limit:
        raise BadInput("file_too_large", name=path.name, limit=limit // MIB)
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number), content
    except (ValueError, ArithmeticError, RecursionError) as error:  # 1e99999999999999999999 overflows a Decimal
        why = (str(error).splitlines() or ["?"])[0]
        raise BadInput("not_json", path=path.name, why=why[:200]) from error


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number")
