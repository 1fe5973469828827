"""Many processes that try the same move of the same candidacy at the same moment.

`python -m tests.racers URL CODE MOVE HOW_MANY` prints one line for each: "moved", or the rules that refused it.
"""

import os
import sys

from sqlalchemy.exc import SQLAlchemyError

from models.database import bind, reading
from models.errors import PipelineError, Refused
from models.trail import Via
from states.actors import find_actor
from states.advance import move_candidacies
from states.requests import Request
from tests.office import NOW


def race(url: str, code: str, move: str, how_many: int) -> list[str]:
    """Everybody gets ready, then all go at once: reading from a pipe that is closed ends for all of them together."""
    ready_out, ready_in = os.pipe()
    go_out, go_in = os.pipe()
    said_out, said_in = os.pipe()
    children = []
    for _ in range(how_many):
        if child := os.fork():
            children.append(child)
            continue
        os.close(go_in)
        try:
            os.write(said_in, _try(url, code, move, ready=ready_in, go=go_out).encode() + b"\n")
        finally:
            os._exit(0)
    for end in (ready_in, said_in):
        os.close(end)
    waiting = 0
    while waiting < how_many and (came := os.read(ready_out, how_many)):
        waiting += len(came)
    os.close(go_in)
    with os.fdopen(said_out) as said:
        lines = said.read().splitlines()
    for child in children:
        os.waitpid(child, 0)
    return lines


def _try(url: str, code: str, move: str, *, ready: int, go: int) -> str:
    try:
        bind(url)
        with reading() as session:
            actor = find_actor(session, "koordinator@contoh.invalid", today=NOW.date(), via=Via.CLI)
        os.write(ready, b".")
        os.read(go, 1)
        move_candidacies([code], move, request=Request(), actor=actor, now=NOW)
    except Refused as refused:
        return ",".join(refusal.obstacle.rule for refusal in refused.refusals)
    except (PipelineError, SQLAlchemyError) as error:
        return repr(error)
    return "moved"


if __name__ == "__main__":
    url, code, move, how_many = sys.argv[1:]
    sys.stdout.write("\n".join(race(url, code, move, int(how_many))))
