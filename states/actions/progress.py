"""How far an item has come: whole on a day, or not whole. Pure."""

from datetime import date

from models.actions import WHOLE, ActionItem
from models.errors import BadInput, Refused


def report_progress(item: ActionItem, progress: int | None, done_on: date | None, *, today: date, subject: str) -> None:
    """Set how far it is; whole means done today where no day is given, and what is not whole has no such day.

    Raises BadInput for what is no percentage, Refused for a day to come or a day without the whole.
    """
    if progress is not None and not 0 <= progress <= WHOLE:
        raise BadInput("bad_percent", value=progress)
    item.progress = item.progress if progress is None else progress
    if item.progress != WHOLE:
        if done_on:
            raise Refused.because("action_not_done", subject=subject, progress=item.progress)
        item.done_on = None
        return
    if done_on and done_on > today:
        raise Refused.because("date_in_future", subject=subject, date=done_on.isoformat(), today=today.isoformat())
    reported = progress is not None or done_on is not None
    item.done_on = done_on or item.done_on or (today if reported else None)
