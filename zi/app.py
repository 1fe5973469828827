"""All commands in one application. The module of the command that is called is imported, and no other.

Each of them takes its time to import, and nobody calls more than one: here stand their names, and where they are.
"""

import gc
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from models.catalogue import say
from zi.options import Json

COMMANDS = {
    "init": "home:init",
    "migrate": "home:migrate",
    "demo": "home:demo",
    "import": "imports:import_",
    "remind": "run:remind",
    "monev": "run:monev",
    "deliver": "run:deliver",
    "checkpoint": "run:checkpoint",
    "up": "up:up",
    "serve": "serve:serve",
    "deploy": "deploy:deploy",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "doctor": "doctor:doctor",
}
"""Where each is, in zi/commands; its help is in the catalogue, as help.NAME."""

GROUPS = {
    "candidacy": "candidacy:app",
    "cycle": "cycle:app",
    "holidays": "holidays:app",
    "calendar": "calendar:app",
    "document": "document:app",
    "lke": "lke:app",
    "evidence": "evidence:app",
    "action": "action:app",
    "fact": "fact:app",
    "finding": "finding:app",
    "predicate": "predicate:app",
    "round": "rounds:app",
    "report": "report:app",
    "waiver": "waiver:app",
    "agency": "agency:app",
    "message": "message:app",
    "summary": "summary:app",
    "obligation": "obligation:app",
    "absence": "absence:app",
    "user": "user:app",
    "preference": "preference:app",
    "channel-key": "channel:key_app",
    "delivery": "delivery:app",
    "audit": "audit:app",
    "db": "db:app",
}
"""Commands that have commands of their own."""

ALONE = {"candidacy list": "board:app"}
"""What is called most is loaded without the rest of its group."""


class Commands(TyperGroup):
    """Lists all commands without importing one."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS, *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command where it is loaded already, else its name and help."""
        if cmd_name in self.commands or cmd_name not in (COMMANDS | GROUPS):
            return super().get_command(ctx, cmd_name)
        return TyperCommand(cmd_name, help=help_of(cmd_name))  # enough to be listed

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        where = ALONE.get(" ".join(args[:2])) or (COMMANDS | GROUPS).get(name)
        if where:
            self.commands[name] = loaded(name, where)
            gc.enable()
        return super().resolve_command(ctx, args)


def loaded(name: str, where: str) -> Any:
    """The command with all that it needs."""
    alone = typer.Typer()
    alone.callback()(every_command)  # makes a group of it, in which the command stands by its name
    module, _, member = where.partition(":")
    found = getattr(import_module(f"zi.commands.{module}"), member)
    if name in GROUPS:
        alone.add_typer(found, name=name, help=help_of(name))
    else:
        alone.command(name, help=help_of(name))(found)
    group: Any = typer.main.get_command(alone)
    return group.commands[name]


def help_of(name: str) -> str:
    return say(f"help.{name.replace('-', '_')}")


app = typer.Typer(
    name="zi",
    cls=Commands,
    help=say("help.zi"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    """Before a missing command is complained of."""
    if asked:
        print(version("zi"))
        raise typer.Exit


@app.callback()
def every_command(
    as_json: Json = False,
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help=say("help.version"))
    ] = False,
) -> None:
    """--json may stand before the command, too."""
