"""`among`: a list of keys as one bound value, so that a statement is the same, and compiled once, for any number.

`column.in_(...)` makes a new statement text for each length, and SQLite takes no more than 32,766 values.
"""

import json
from collections.abc import Collection
from typing import Any, Self

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    SQLColumnExpression,
    String,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine


class _Listed(TypeDecorator[Collection[Any]]):
    """An array where there are arrays, else JSON text."""

    impl = String
    cache_ok = True

    def __init__(self, of: type[TypeEngine[Any]]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        array: Any = ARRAY(self.of)
        return dialect.type_descriptor(array if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        keys = list(value or ())
        if dialect.name == "postgresql":
            return keys
        return f"[{','.join(map(str, keys))}]" if self.of is BigInteger else json.dumps(keys)


class _Among(FunctionElement[bool]):
    """Two clauses: what is looked for, and the keys."""

    inherit_cache = True
    type = Boolean()
    name = "among"

    def self_group(self, against: OperatorType | None = None) -> Self:
        """As it is: SQLite would get `... = 1` round a function that says yes or no, and use no index."""
        return self


@compiles(_Among)
def _in_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    sought, keys = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{sought} IN (SELECT value FROM json_each({keys}))"  # noqa: S608 - both come from the compiler


@compiles(_Among, "postgresql")
def _in_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    sought, keys = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{sought} = ANY ({keys})"


def among(column: SQLColumnExpression[Any], name: str) -> ColumnElement[bool]:
    """Whether `column` is one of the keys that are given as the parameter `name` when the statement is executed."""
    sought: Any = column
    of = String if isinstance(sought.type, String) else BigInteger
    return _Among(sought, bindparam(name, type_=_Listed(of)))
