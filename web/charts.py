"""Pictures for pages: the report's own, with a name and a description for who can't see them."""

from itertools import count

from markupsafe import Markup

_numbers = count(1)


def picture(svg: str, *, title: str, desc: str) -> Markup:
    """The drawing as part of a page. Its own texts are escaped already; the same figures stand in a table beside it."""
    drawn = Markup(svg)  # noqa: S704 - drawn by us
    opening, _, rest = drawn.partition(">")
    name = f"chart-{next(_numbers)}"
    head = Markup(
        '{} role="img" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title><desc id="{}-d">{}</desc>'
    ).format(opening, name, name, name, title, name, desc)
    return head + rest
