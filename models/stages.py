"""The stored stages, each with the one of the six that people see."""

from enum import StrEnum


class Stage(StrEnum):
    """In the order of the pipeline; the last four, and designation, are closed."""

    PENCANANGAN = "pencanangan"
    UNIT_IDENTIFICATION = "unit_identification"
    SELF_ASSESSMENT = "self_assessment"
    TPI_ASSESSMENT = "tpi_assessment"
    SUBMISSION_ADMINISTRATIVE = "submission_administrative"
    SUBMISSION_OBJECTION = "submission_objection"
    SUBMISSION_DESK = "submission_desk"
    SUBMISSION_FIELD = "submission_field"
    SUBMISSION_CLEARANCE = "submission_clearance"
    SUBMISSION_PANEL = "submission_panel"
    DESIGNATION = "designation"
    COACHING = "coaching"  # pembinaan: a later cycle may follow
    NOT_PROPOSED = "not_proposed"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"

    @property
    def parent(self) -> str:
        """The stage that pages and JSON show: the six steps of submission are one."""
        return SUBMISSION if self in SUBMISSION_STEPS else self.value

    @property
    def substage(self) -> str | None:
        return self.value.removeprefix(f"{SUBMISSION}_") if self in SUBMISSION_STEPS else None


SUBMISSION = "submission"
SUBMISSION_STEPS = tuple(stage for stage in Stage if stage.value.startswith(f"{SUBMISSION}_"))
CLOSED = (Stage.DESIGNATION, Stage.COACHING, Stage.NOT_PROPOSED, Stage.WITHDRAWN, Stage.REVOKED)
OPEN = tuple(stage for stage in Stage if stage not in CLOSED)
