"""A person's channels: each is tested before it is kept, and shown masked."""

from fastapi import APIRouter, Response

from models.database import reading
from models.errors import NotFound
from models.messages import Channel
from web.admin.pages.people import find, person_page
from web.admin.ways import PROBLEMS, Manager, Text
from web.visit import Visit

router = APIRouter(prefix="/admin/people/{number:int}/channels")


@router.post("")
def add(visit: Manager, number: int, url: Text = "") -> Response:
    from notifications.channels import add_channel  # noqa: PLC0415 - brings Apprise, which is slow to import

    person = find(visit, number)
    key = visit.desk.home.channel_key
    try:
        add_channel(person.email, url.strip(), actor=visit.actor, now=visit.now, key_file=key)
    except PROBLEMS as problem:
        return person_page(visit, number, problem=problem)
    return _back(visit, number, "admin_channel_added")


@router.post("/{channel:int}/test")
def test(visit: Manager, number: int, channel: int) -> Response:
    from notifications.channels import check_channel  # noqa: PLC0415

    _own(visit, number, channel)
    try:
        check_channel(channel, actor=visit.actor, now=visit.now, key_file=visit.desk.home.channel_key)
    except PROBLEMS as problem:
        return person_page(visit, number, problem=problem)
    return _back(visit, number, "admin_channel_tested")


@router.post("/{channel:int}/first")
def first(visit: Manager, number: int, channel: int) -> Response:
    from notifications.channels import order_channels  # noqa: PLC0415

    person = find(visit, number)
    try:
        order_channels(person.email, [channel], actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return person_page(visit, number, problem=problem)
    return _back(visit, number, "admin_saved")


@router.post("/{channel:int}/remove")
def remove(visit: Manager, number: int, channel: int) -> Response:
    from notifications.channels import remove_channel  # noqa: PLC0415

    _own(visit, number, channel)
    try:
        remove_channel(channel, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return person_page(visit, number, problem=problem)
    return _back(visit, number, "admin_channel_removed")


def _own(visit: Visit, number: int, channel: int) -> None:
    """Raises NotFound where the channel is not this person's."""
    person = find(visit, number)
    with reading() as session:
        row = session.get(Channel, channel)
    if row is None or row.person_id != person.id:
        raise NotFound("unknown_channel", value=channel)


def _back(visit: Visit, number: int, done: str) -> Response:
    return visit.to(f"/admin/people/{number}/edit", done=done)
