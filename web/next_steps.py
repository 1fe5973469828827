"""What to do about an obstacle, as a place to go to: the page where the one who must act can act."""

from dataclasses import dataclass

from models.errors import Obstacle


@dataclass(frozen=True)
class Step:
    """A link, and what it says: the message `web.step.NAME`."""

    name: str
    path: str


DOCUMENTS = {"document_missing", "document_incomplete"}


def step_for(code: str, obstacle: Obstacle) -> Step | None:
    """None where it is not mended by anything that is done in these pages."""
    if obstacle.rule in DOCUMENTS:
        return Step("file", f"/candidacies/{code}/documents/new?kind={obstacle.params['kind']}")
    return None
