"""The admin's lists. Of stages, the trail, the outbox and deliveries there is none."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, select, true
from sqlmodel import col

from models.accounts import Account
from models.agencies import Agency, Unit
from models.catalogue import has_message, say
from models.closures import Closure
from models.cycles import Cycle, Holiday
from models.database import reading
from models.messages import Channel
from models.people import Membership, Person, Role
from models.runs import Run
from rulesets.library import rulesets
from states.actors import Actor
from states.management import manages_agencies, manages_people, manages_roles, manages_units
from web.admin.lists import Column, ListView, Shown, chosen
from web.rendering import moment


def _role(role: Role) -> str:
    return say(f"role.{role.value}")


def _counts(text: str) -> str:
    """What a run counted, without what it counted none of."""
    counts: dict[str, object] = json.loads(text)
    told = [_count(name, count) for name, count in counts.items() if count]
    return ", ".join(told) or say("run_count.none")


def _count(name: str, count: object) -> str:
    key = f"run_count.{name}"
    return say(key, count=count) if has_message(key) else f"{name} {count}"


def _moment(value: datetime | None) -> str:
    return moment(value) if value else ""


class Agencies(ListView):
    key, edit_path, new_path = "agencies", "/admin/agencies/{code}/edit", "/admin/agencies/new"
    columns = (
        Column("code", col(Agency.code), sought=True),
        Column("name", col(Agency.name), sought=True),
        Column("kind", col(Agency.kind), lambda kind: say(f"agency_kind.{kind.value}")),
        Column("zone", col(Agency.zone)),
        Column("escalates", col(Agency.escalate_to_head)),
    )
    number = Column("pk", col(Agency.id))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        return chosen(*what).where(manages_agencies(actor))

    def may_add(self, actor: Actor) -> bool:
        return actor.is_admin()


class Units(ListView):
    key, edit_path, new_path = "units", "/admin/units/{code}/edit", "/admin/units/new"
    columns = (
        Column("code", col(Unit.code), sought=True),
        Column("name", col(Unit.name), sought=True),
        Column("agency", col(Agency.code), sought=True),
        Column("kind", col(Unit.kind), sought=True),
        Column("core_service", col(Unit.core_service)),
    )
    number = Column("pk", col(Unit.id))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        query = chosen(*what).select_from(Unit).join(Agency, col(Agency.id) == col(Unit.agency_id))
        return query.where(manages_units(actor))


_has_account = exists().where(col(Account.person_id) == col(Person.id), col(Account.closed_at).is_(None))


class People(ListView):
    key, edit_path, new_path = "people", "/admin/people/{pk}/edit", "/admin/people/new"
    columns = (
        Column("name", col(Person.name), sought=True),
        Column("email", col(Person.email), sought=True),
        Column("nip", col(Person.nip), sought=True),
        Column("whatsapp", col(Person.whatsapp)),
        Column("account", case((_has_account, 1), else_=0), lambda has: say("word.yes" if has else "word.no")),
    )
    number = Column("pk", col(Person.id))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        return chosen(*what).select_from(Person).where(manages_people(actor))


class Roles(ListView):
    key, edit_path, new_path = "memberships", "/admin/people/{pk}/edit", "/admin/memberships/new"
    columns = (
        Column("person", col(Person.name), sought=True),
        Column("email", col(Person.email), sought=True),
        Column("role", col(Membership.role), _role),
        Column("place", func.coalesce(col(Unit.code), col(Agency.code)), sought=True),
        Column("area", col(Membership.area)),
        Column("since", col(Membership.since)),
        Column("until", col(Membership.until)),
    )
    number = Column("pk", col(Membership.person_id))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        query = chosen(*what).select_from(Membership).join(Person, col(Person.id) == col(Membership.person_id))
        query = query.outerjoin(Agency, col(Agency.id) == col(Membership.agency_id))
        return query.outerjoin(Unit, col(Unit.id) == col(Membership.unit_id)).where(manages_roles(actor))


class Cycles(ListView):
    key, edit_path, new_path = "cycles", "/admin/cycles/{code}/edit", "/admin/cycles/new"
    columns = (
        Column("code", col(Cycle.code), sought=True),
        Column("agency", col(Agency.name), sought=True),
        Column("year", col(Cycle.year)),
        Column("ruleset", col(Cycle.ruleset), sought=True),
        Column("route", col(Cycle.route), lambda route: say(f"route.{route.value}")),
        Column("record_only", col(Cycle.record_only)),
    )
    number = Column("pk", col(Cycle.id))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        query = chosen(*what).select_from(Cycle).join(Agency, col(Agency.id) == col(Cycle.agency_id))
        return query.where(manages_agencies(actor))

    def may_add(self, actor: Actor) -> bool:
        return any(held.role is Role.KOORDINATOR for held in actor.roles)


class Closures(ListView):
    key, edit_path, new_path, descending = "closures", "/admin/closures/{pk}/edit", "/admin/closures/new", True
    columns = (
        Column("day", col(Closure.day)),
        Column("agency", col(Agency.code), sought=True),
        Column("name", col(Closure.name), sought=True),
    )
    number = Column("pk", col(Closure.id))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        query = chosen(*what).select_from(Closure).join(Agency, col(Agency.id) == col(Closure.agency_id))
        return query.where(manages_agencies(actor))


class Holidays(ListView):
    key, new_path, descending = "holidays", "/admin/holidays/refresh", True
    columns = (
        Column("day", col(Holiday.day)),
        Column("name", col(Holiday.name), sought=True),
        Column("estimated", col(Holiday.estimated)),
        Column("source", col(Holiday.source)),
    )
    number = Column("pk", col(Holiday.day))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        return chosen(*what).where(true())

    def may_add(self, actor: Actor) -> bool:
        return actor.is_admin()


class Channels(ListView):
    key, edit_path = "channels", "/admin/people/{pk}/edit#channels"
    columns = (
        Column("person", col(Person.name), sought=True),
        Column("email", col(Person.email), sought=True),
        Column("channel", col(Channel.masked_url), sought=True),
        Column(
            "state", col(Channel.failure), lambda why: say("channel.failed", why=why) if why else say("channel.works")
        ),
    )
    number = Column("pk", col(Channel.person_id))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        query = chosen(*what).select_from(Channel).join(Person, col(Person.id) == col(Channel.person_id))
        return query.where(manages_people(actor))


class Runs(ListView):
    key, descending = "runs", True
    columns = (
        Column("started", col(Run.started_at), _moment),
        Column("flow", col(Run.flow), sought=True),
        Column("finished", col(Run.finished_at), _moment),
        Column("counts", col(Run.counts), _counts),
    )
    number = Column("pk", col(Run.id))

    def among(self, actor: Actor, *what: Any) -> Select[Any]:
        return chosen(*what).where(true())


class RuleSets(ListView):
    """They come with the program, so only what uses them is in the database."""

    key = "rulesets"
    columns = (Column("ruleset", None), Column("title", None), Column("cycles", None), Column("sha256", None))
    number = Column("pk", None)

    def read(
        self,
        actor: Actor,
        *,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] = (),
        skip: int = 0,
        limit: int | None = None,
    ) -> list[Shown]:
        with reading() as session:
            used = select(col(Cycle.ruleset), func.count()).group_by(col(Cycle.ruleset))
            counts = {name: count for name, count in session.execute(used).all()}
        rows = [
            {"ruleset": name, "title": one.title, "cycles": str(counts.get(name, 0)), "sha256": one.hash, "pk": name}
            for name, one in rulesets().items()
        ]
        found = [row for row in rows if (q or "").lower() in f"{row['ruleset']} {row['title']}".lower()]
        for name, direction in reversed(sorts):
            found.sort(key=lambda row: row[name], reverse=direction == "desc")
        return list(found[skip:])

    def total(self, actor: Actor, q: str | None) -> int:
        return len(self.read(actor, q=q))


VIEWS: tuple[type[ListView], ...] = (
    Agencies,
    Units,
    People,
    Roles,
    Cycles,
    Closures,
    Holidays,
    Channels,
    Runs,
    RuleSets,
)
