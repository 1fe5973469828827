"""Addresses of our own pages, where there is a web application: `ZI_WEB_URL` says where it is."""

from contextvars import ContextVar
from urllib.parse import quote

_web_url: ContextVar[str] = ContextVar("web_url", default="")


def use_web_url(url: str | None) -> None:
    """Link to this web application from here on, in this context; to none where it is empty."""
    _web_url.set((url or "").rstrip("/"))


def page(*path: str) -> str | None:
    """The address of a page, or None where there is no web application."""
    web_url = _web_url.get()
    return "/".join((web_url, *(quote(part, safe="") for part in path))) if web_url else None


def is_ours(text: str) -> bool:
    """Whether the text is the address of one of our pages, and nothing else."""
    web_url = _web_url.get()
    return bool(web_url) and (text == web_url or text.startswith(f"{web_url}/")) and not any(map(str.isspace, text))
