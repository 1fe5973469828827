"""zi lke: answer, show, score, gap, priorities; import, export, import-master."""

from pathlib import Path
from typing import Annotated

import typer

from models.candidacies import Candidacy, Level
from models.catalogue import say
from models.database import reading
from models.errors import BadInput, NotFound, UsageError
from models.lke import Layer
from rulesets.gap import gap_between
from rulesets.priorities import priorities
from rulesets.scoring import score
from rulesets.why import explain
from states.lke.answers import Given, record_answers
from states.lke.readiness import Readiness, readiness
from states.lke.stored import lke_of, stored_answers
from states.lke.wordings import wordings
from states.lookups import find
from zi.commands import lke_files
from zi.context import Desk, desk
from zi.lke_views import (
    answers_document,
    gap_document,
    priorities_document,
    readiness_document,
    show_answers,
    show_gap,
    show_priorities,
    show_readiness,
    show_why,
    why_document,
)
from zi.options import As, CandidacyCode, Json, choice, pairs
from zi.output import line

app = typer.Typer(no_args_is_help=True)
app.command("import", help=say("help.lke.import"))(lke_files.import_)
app.command("export", help=say("help.lke.export"))(lke_files.export)
app.command("import-master", help=say("help.lke.import_master"))(lke_files.import_master)

LayerOption = Annotated[str | None, typer.Option("--layer", metavar="LAYER", help=say("help.lke.layer"))]


@app.command("answer", help=say("help.lke.answer"))
def answer(
    code: CandidacyCode,
    layer: Annotated[str, typer.Option("--layer", metavar="LAYER", help=say("help.lke.layer"))],
    from_: Annotated[str | None, typer.Option("--from", metavar="FILE", help=say("help.lke.from"))] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="ITEM=ANSWER", help=say("help.lke.set"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    chosen = choice(Layer, layer, name="--layer")
    given = [Given(item, value) for item, value in pairs(set_, name="--set").items()]
    if bool(given) == bool(from_):
        raise UsageError("answers_from_where")
    if from_ and Path(from_).suffix.lower() != ".json":
        lke_files.import_(code, from_, layer=layer, as_=as_, as_json=as_json)
        return
    with desk() as at:
        if from_:
            from states.lke.answer_file import read_answer_file  # noqa: PLC0415 - only here is a file read

            given = read_answer_file(Path(from_))
        file = Path(from_).name if from_ else None
        recorded = record_answers(code, chosen, given, actor=at.actor(as_), now=at.now, file=file)
        document = {"accepted": recorded.accepted, "unchanged": recorded.unchanged, "rejected": []}
        at.output.done(document, lambda: line(say("done.answered", code=code.upper(), **document)))


@app.command("show", help=say("help.lke.show"))
def show(code: CandidacyCode, layer: LayerOption = None, as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            candidacy = find(session, Candidacy, code)
            lke = lke_of(session, candidacy)
            answers = stored_answers(session, [candidacy.id])[candidacy.id]
            wording = wordings(session, candidacy.cycle_id)
        layers = [choice(Layer, layer, name="--layer")] if layer else [one for one in Layer if answers[one]]
        document = answers_document(candidacy.code, lke, {one: answers[one] for one in layers}, wording)
        at.output.done(document, lambda: show_answers(document))


@app.command("score", help=say("help.lke.score"))
def score_(
    code: CandidacyCode,
    layer: LayerOption = None,
    why: Annotated[str | None, typer.Option("--why", metavar="CODE", help=say("help.lke.why"))] = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        seen = _readiness(at, code, layer)
        if why is None:
            at.output.done(readiness_document(seen), lambda: show_readiness(seen))
            return
        known = {name.casefold(): name for name in ("total", *seen.scored.lke.areas, *seen.scored.lke.by_code)}
        known |= {item.code.casefold(): item.question.code for item in seen.scored.lke.items.values()}
        known |= {str(soal): item.question.code for soal, item in seen.scored.lke.by_soal.items()}
        known |= {name.casefold(): name for name in seen.scored.lke.questions}
        if why.casefold() not in known:
            raise NotFound("unknown_figure", value=why)
        steps = explain(seen.scored, known[why.casefold()])
        at.output.done(why_document(seen, steps), lambda: show_why(steps))


@app.command("gap", help=say("help.lke.gap"))
def gap(
    code: CandidacyCode,
    first: Annotated[str, typer.Option("--layer", metavar="LAYER", help=say("help.lke.first"))] = Layer.UNIT.value,
    second: Annotated[str, typer.Option("--against", metavar="LAYER", help=say("help.lke.second"))] = Layer.TPI.value,
    all_: Annotated[bool, typer.Option("--all", help=say("help.lke.gap_all"))] = False,
    as_json: Json = False,
) -> None:
    one, other = choice(Layer, first, name="--layer"), choice(Layer, second, name="--against")
    if one is other:
        raise UsageError("layers_alike", layer=one.value)
    with desk() as at:
        with reading() as session:
            candidacy = find(session, Candidacy, code)
            lke = lke_of(session, candidacy)
            answers = stored_answers(session, [candidacy.id])[candidacy.id]
        for layer in (one, other):
            if not answers[layer]:
                raise BadInput("layer_empty", code=candidacy.code, layer=layer.value)
        found = gap_between(score(lke, answers[one]), score(lke, answers[other]))
        document = gap_document(candidacy.code, lke, found, one, other, all_=all_)
        at.output.done(document, lambda: show_gap(document))


@app.command("priorities", help=say("help.lke.priorities"))
def priorities_(
    code: CandidacyCode,
    layer: LayerOption = None,
    target: Annotated[str | None, typer.Option("--target", metavar="WBK|WBBM", help=say("help.lke.target"))] = None,
    most: Annotated[int, typer.Option("--most", min=1, help=say("help.lke.most"))] = 20,
    as_json: Json = False,
) -> None:
    with desk() as at:
        seen = _readiness(at, code, layer)
        level = choice(Level, target, name="--target") if target else seen.situation.target
        found = priorities(seen.scored, seen.thresholds[level])
        document = priorities_document(seen, level, found[:most], total=len(found))
        at.output.done(document, lambda: show_priorities(document))


def _readiness(at: Desk, code: str, layer: str | None) -> Readiness:
    chosen = choice(Layer, layer, name="--layer") if layer else None
    with reading() as session:
        return readiness(session, find(session, Candidacy, code), layer=chosen, now=at.now)
