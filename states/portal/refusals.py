"""What PortalRB is told when it gets nothing: a status of its interface, a code, and a message for people."""

from http import HTTPStatus

from models.errors import PipelineError, Value


class PortalRefused(PipelineError):
    """`portal_code` is the code of the answer, the message is `error.portal_NAME`."""

    code = "refused"

    def __init__(self, status: HTTPStatus, name: str, *, portal_code: str | None = None, **params: Value) -> None:
        super().__init__(f"portal_{name}", **params)
        self.status_code = status
        self.portal_code = portal_code or CODES[status]


CODES = {
    HTTPStatus.UNAUTHORIZED: "UNAUTHORIZED",
    HTTPStatus.FORBIDDEN: "FORBIDDEN",
    HTTPStatus.NOT_FOUND: "DATA_NOT_FOUND",
    HTTPStatus.UNPROCESSABLE_ENTITY: "UNPROCESSABLE",
    HTTPStatus.TOO_MANY_REQUESTS: "TOO_MANY_REQUESTS",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
}
"""The statuses that the interface knows."""


def no_token() -> PortalRefused:
    return PortalRefused(HTTPStatus.UNAUTHORIZED, "no_token")


def not_https() -> PortalRefused:
    return PortalRefused(HTTPStatus.FORBIDDEN, "not_https", portal_code="HTTPS_REQUIRED")


def outside_window() -> PortalRefused:
    return PortalRefused(HTTPStatus.FORBIDDEN, "outside_window", portal_code="OUTSIDE_PROPOSAL_PERIOD")


def no_wbbm() -> PortalRefused:
    return PortalRefused(HTTPStatus.FORBIDDEN, "no_wbbm", portal_code="WBBM_NOT_ALLOWED")


def unknown_unit(unit: str) -> PortalRefused:
    return PortalRefused(HTTPStatus.NOT_FOUND, "unknown_unit", unit=unit)


def no_code(unit: str) -> PortalRefused:
    return PortalRefused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_code", portal_code="INVALID_UNIT_ID", unit=unit)


def no_soal(ruleset: str) -> PortalRefused:
    return PortalRefused(
        HTTPStatus.UNPROCESSABLE_ENTITY, "no_soal", portal_code="RULE_SET_WITHOUT_SOAL", ruleset=ruleset
    )


def too_many(most: int) -> PortalRefused:
    return PortalRefused(HTTPStatus.TOO_MANY_REQUESTS, "too_many", most=most)
