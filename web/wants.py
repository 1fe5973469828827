"""Whether it is our own script that asks, which wants JSON, or a form, which wants a page."""

from fastapi import Request


def wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").split(",")[0].strip() == "application/json"
