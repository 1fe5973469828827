"""Apprise addresses: opened safely, shown masked, and kept out of every text."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from notifications.ears import keep_to_ourselves

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

LONGEST_ANSWER = 15.0  # seconds that a channel may take to connect, and to answer
_SEPARATORS = re.compile(r"[/:@?&=+#,;]+")
_SHOWN = 4  # characters of a path that are shown whole


class UnknownAddress(Exception):
    """No service of Apprise takes this address. Carries nothing of it."""


def open_address(url: str) -> "NotifyBase":
    """The service behind one address. Raises UnknownAddress.

    What an address may set of itself is taken back where it would mislead us: `optional=yes` reports a failure
    as sent, `retry` and long timeouts outlast our lease.
    """
    service = _open(url)
    service.optional = False
    service.retry = 0
    service.socket_connect_timeout = min(service.socket_connect_timeout, LONGEST_ANSWER)
    service.socket_read_timeout = min(service.socket_read_timeout, LONGEST_ANSWER)
    return service


def scheme_of(url: str) -> str:
    return url.split(":", 1)[0].lower()


def kind_of(service: "NotifyBase") -> str:
    """The kind of channel: the scheme without the s of TLS, so that `mailtos` is `mailto`."""
    named: tuple[Any, ...] = (service.protocol, service.secure_protocol)
    schemes = next(one for one in named if one)  # a text, or several with the most usual first
    return str(schemes if isinstance(schemes, str) else next(iter(schemes))).lower()


def masked(service: "NotifyBase") -> str:
    """The address fit to be shown: Apprise's own mask without the query, which may hold headers and tokens,
    and with the parts of the path shortened that Apprise leaves whole for generic services. Mail addresses stay."""
    shown = str(service.url(privacy=True)).split("?", 1)[0]  # type: ignore[no-untyped-call]
    scheme, _, rest = shown.partition("://")
    host, *path = rest.rstrip("/").split("/")
    return f"{scheme}://" + "/".join([host, *(_shorten(part) for part in path)])


def without_secrets(text: str, *, url: str, shown: str) -> str:
    """The text without the address, and without any piece of it that its masked form does not show."""
    harmless = {*_pieces(shown), scheme_of(url)}
    secrets = {piece for piece in (*_pieces(url), *_pieces(unquote(url))) if piece not in harmless}
    for secret in sorted({url, *secrets}, key=len, reverse=True):
        if len(secret) > 2:  # noqa: PLR2004 - shorter pieces are in every text
            text = text.replace(secret, "****")
    return re.sub(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", "****", text)


def _open(url: str) -> "NotifyBase":
    from apprise import Apprise  # noqa: PLC0415 - slow to import

    keep_to_ourselves()
    opened = Apprise(asset=_asset())
    if not opened.add(url) or len(opened) != 1:
        raise UnknownAddress
    service: NotifyBase = opened[0]
    return service


@cache
def _asset() -> "AppriseAsset":
    """Who we are to Apprise; it is slow to make, and nothing changes it."""
    from apprise import AppriseAsset  # noqa: PLC0415

    return AppriseAsset(
        app_id="zi",
        app_desc="Zona Integritas",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,  # in the thread that asked: that is how a failure finds its reason
        secure_logging=True,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
    )


def _pieces(url: str) -> set[str]:
    return {piece for piece in _SEPARATORS.split(url) if piece}


def _shorten(part: str) -> str:
    part = part.replace("%40", "@")
    if len(part) <= _SHOWN or "@" in part or "****" in part or "..." in part:
        return part
    return f"{part[0]}...{part[-1]}"
