"""What every table shares: constraint names, keys, enums stored by value, calendar codes."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Enum, ForeignKey, Integer, String, Table
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING
metadata = SQLModel.metadata
SQLModel.model_config["defer_build"] = True  # a table validates nothing: no command waits for fifty validators

BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for plain INTEGER keys

LARGEST_KEY = 2**63 - 1  # what a key can be in both databases

CODE_PATTERN = r"[A-Z0-9][A-Z0-9.-]{0,39}"
CODE_LENGTH = 40


def table_of(model: type[SQLModel]) -> Table:
    """The plain table: statements over it need no ORM, and are found in the cache of compiled ones at less cost."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def key() -> Any:
    """A primary key that the database numbers."""
    return Field(default=None, sa_column=Column(BIG, primary_key=True, autoincrement=True))


def reference(target: str, *, optional: bool = False, index: bool = True) -> Any:
    """A foreign key to `target`, given as ``table.column``; indexed unless another index already begins with it."""
    column: Column[int] = Column(BIG, ForeignKey(target), nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def chosen(
    kind: type[StrEnum], *, optional: bool = False, default: StrEnum | None = None, primary_key: bool = False
) -> Any:
    """An enum column: stored by value, and held to the values by a CHECK."""
    stored = Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        values_callable=_values,
        name=_snake(kind.__name__),
        length=max(len(member.value) for member in kind) + 8,  # room for a new member without a wider column
    )
    column: Column[str] = Column(stored, nullable=optional, primary_key=primary_key)
    return Field(default=default, sa_column=column) if optional or default else Field(sa_column=column)


def code(*, length: int = CODE_LENGTH) -> Any:
    """A code that people type: upper case, unique in its table, and sorted alike in both databases."""
    by_letter = String(length).with_variant(String(length, collation="C"), "postgresql")
    return Field(sa_column=Column(by_letter, nullable=False, unique=True))


def upper_case_code() -> CheckConstraint:
    return CheckConstraint("code = upper(code) AND length(code) > 0", name="code_is_upper_case")


def exactly_one(*columns: str, name: str) -> CheckConstraint:
    """One of these columns is filled, and only one."""
    return CheckConstraint(f"{_filled(columns)} = 1", name=name)


def at_most_one(*columns: str, name: str) -> CheckConstraint:
    """One of these columns is filled, or none."""
    return CheckConstraint(f"{_filled(columns)} <= 1", name=name)


def _filled(columns: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns)


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


def _snake(name: str) -> str:
    return "".join(
        f"_{letter.lower()}" if letter.isupper() and at else letter.lower() for at, letter in enumerate(name)
    )
