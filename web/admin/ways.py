"""Who comes into the admin, and what its forms share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Response
from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.catalogue import say
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError, Refused, UsageError
from models.people import Role
from states.actors import Actor
from states.management import manages_agencies, manages_units
from web.errors import status_of
from web.visit import Visit, allowed

manager = allowed(Role.KOORDINATOR)
Manager = Annotated[Visit, Depends(manager)]
Admin = Annotated[Visit, Depends(allowed())]

Text = Annotated[str, Form()]
Flag = Annotated[str, Form(max_length=1)]

PROBLEMS = (Refused, BadInput, NotFound, UsageError)
MOST = 2_000  # units offered by name; of more, the code is typed

Choices = Sequence[tuple[str, str]]  # value and words


@dataclass(frozen=True)
class Input:
    name: str  # a message: column.NAME
    kind: str = "text"  # text, email, date, number, select, list, checkbox
    required: bool = False
    choices: Choices = ()
    hint: str | None = None  # a message


def form_page(
    visit: Visit,
    title: str,
    inputs: Sequence[Input],
    *,
    back: str,
    given: Mapping[str, str],
    problem: PipelineError | None = None,
) -> Response:
    """A form of ours, sent to where it stands; with what went wrong beside the cell that it is about."""
    return visit.page(
        "admin/form",
        status=status_of(problem) if problem else 200,
        title=title,
        inputs=inputs,
        back=back,
        given=given,
        problem=problem,
        faults=faults_of(problem),
    )


def faults_of(problem: PipelineError | None) -> dict[str, str]:
    """What is wrong with each cell, by its name."""
    details = problem.details if isinstance(problem, BadInput) else ()
    return {one.column: one.why for one in details if one.column}


def agency_choices(session: Session, actor: Actor) -> Choices:
    query = select(col(Agency.code), col(Agency.name)).where(manages_agencies(actor)).order_by(col(Agency.name))
    return [(code, name) for code, name in session.execute(query).all()]


def unit_choices(session: Session, actor: Actor) -> Choices:
    query = select(col(Unit.code), col(Unit.name)).where(manages_units(actor)).order_by(col(Unit.name)).limit(MOST)
    return [(code, name) for code, name in session.execute(query).all()]


def grant_inputs(actor: Actor) -> list[Input]:
    """What gives a role: which, where, from when to when."""
    with reading() as session:
        agencies, units = agency_choices(session, actor), unit_choices(session, actor)
    roles = [(role.value, say(f"role.{role.value}")) for role in Role if role is not Role.ADMIN or actor.is_admin()]
    return [
        Input("role", "select", required=True, choices=roles),
        Input("agency", "select", choices=agencies),
        Input("unit", "list", choices=units, hint="web.admin.unit_hint"),
        Input("area", hint="web.admin.area_hint"),
        Input("since", "date", hint="web.admin.since_hint"),
        Input("until", "date"),
    ]
