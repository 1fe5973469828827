"""What to do about an obstacle, as a place to go to: the page where the one who must act can act."""

from dataclasses import dataclass

from models.errors import Obstacle


@dataclass(frozen=True)
class Step:
    """A link, and what it says: the message `web.step.NAME`."""

    name: str
    path: str


DOCUMENTS = {"document_missing", "document_incomplete"}
FACTS = "prerequisite_"


def step_for(code: str, obstacle: Obstacle) -> Step | None:
    """None where it is not mended by anything that is done in these pages."""
    here = f"/candidacies/{code}"
    match obstacle.rule:
        case rule if rule in DOCUMENTS:
            return Step("file", f"{here}/documents/new?kind={obstacle.params['kind']}")
        case "lke_incomplete":
            first = str(obstacle.params["questions"]).partition(",")[0]
            return Step("answer", f"{here}/lke/{first}?layer={obstacle.params['layer']}")
        case "survey_missing":
            return Step("answer", f"{here}/lke/{obstacle.params['item']}?layer=unit")
        case "evidence_missing":
            return Step("prove", f"{here}/evidence")
        case "threshold_unmet":
            return Step("improve", f"{here}/lke#priorities")
        case "no_finding_raised":
            return Step("raise_finding", f"{here}/findings/new")
        case rule if rule.startswith(FACTS):
            return Step("facts", f"{here}/lke#prerequisites")
    return None
