"""A list of the admin: what it reads, how it is searched and sorted. Nothing is written through one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, func, or_, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette_admin.fields import StringField
from starlette_admin.filters.base import FilterGroup
from starlette_admin.views import BaseModelView

from models.catalogue import say
from models.database import reading
from states.actors import Actor

Shown = Mapping[str, str | int]


def plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("word.yes") if value else say("word.no")
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else str(value)


def chosen(*what: Any) -> Select[Any]:
    """A query for these, however many they are."""
    query: Any = select(*what)
    return query  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Column:
    name: str  # a message: column.NAME
    value: ColumnElement[Any] | Any
    show: Callable[[Any], str] = plain
    sought: bool = False  # by the search


class ListView(BaseModelView):
    """starlette-admin reads the address - page, search, order - and asks this for rows; it never gets to write."""

    columns: ClassVar[Sequence[Column]] = ()
    number: ClassVar[Column]  # what tells the rows apart
    edit_path: ClassVar[str | None] = None  # a page of ours about one row
    new_path: ClassVar[str | None] = None
    descending: ClassVar[bool] = False

    pk_attr = "pk"
    page_size = 50
    page_size_options: Sequence[int] = (50,)
    list_template = "admin/list.html.j2"
    exporters = ()  # ours go through the trail
    importers = ()
    actions = ()
    row_actions = ()

    def __init__(self) -> None:
        self.fields = [StringField(one.name) for one in self.columns]
        self.fields_default_sort = [(self.columns[0].name, self.descending)]
        super().__init__()

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        """A query for `what` over all rows that the actor may see."""
        raise NotImplementedError

    def may_add(self, actor: Actor) -> bool:
        return self.new_path is not None

    def read(
        self,
        actor: Actor,
        *,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] = (),
        skip: int = 0,
        limit: int | None = None,
    ) -> list[Shown]:
        query = self._sought(self.among(actor, *(one.value for one in self.columns), self.number.value), q)
        values = {one.name: one.value for one in self.columns}
        for name, direction in sorts:
            query = query.order_by(values[name].desc() if direction == "desc" else values[name].asc())
        with reading() as session:
            found = session.execute(query.order_by(self.number.value).offset(skip).limit(limit)).all()
        return [self._shown(row) for row in found]

    def total(self, actor: Actor, q: str | None) -> int:
        query = self._sought(self.among(actor, self.number.value), q)
        with reading() as session:
            count: int = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            return count

    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[Any]:
        actor = request.state.visit.actor
        return await run_in_threadpool(self.read, actor, q=q, sorts=sorts or (), skip=skip, limit=limit)

    async def count(self, request: Request, q: str | None = None, filters: FilterGroup | None = None) -> int:
        return await run_in_threadpool(self.total, request.state.visit.actor, q)

    async def serialize(
        self,
        obj: Any,
        request: Request,
        include_relationships: bool = True,
        include_select2: bool = False,
    ) -> dict[str, Any]:
        return dict(obj)

    async def find_by_pk(self, request: Request, pk: Any) -> Any:
        return None

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Any]:
        return ()

    def can_view_detail(self, request: Request) -> bool:
        return False

    def can_create(self, request: Request) -> bool:
        return False

    def can_edit(self, request: Request) -> bool:
        return False

    def can_delete(self, request: Request) -> bool:
        return False

    def can_export(self, request: Request) -> bool:
        return False

    def can_import(self, request: Request) -> bool:
        return False

    async def create(self, request: Request, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    async def delete(self, request: Request, pks: list[Any]) -> int | None:
        raise NotImplementedError

    def _sought(self, query: Select[Any], q: str | None) -> Select[Any]:
        text = (q or "").strip()
        if not text:
            return query
        return query.where(or_(*(one.value.icontains(text, autoescape=True) for one in self.columns if one.sought)))

    def _shown(self, row: Any) -> Shown:
        cells: dict[str, str | int] = {
            one.name: one.show(cell) for one, cell in zip(self.columns, row[:-1], strict=True)
        }
        return {**cells, "pk": row[-1]}
