"""All commands in one application. Each command's module is imported here; what is slow is imported by the command."""

from importlib.metadata import version
from typing import Annotated

import typer

from models.catalogue import say
from zi.commands import (
    absence,
    action,
    agency,
    audit,
    backup,
    calendar,
    candidacy,
    channel,
    cycle,
    db,
    delivery,
    deploy,
    doctor,
    document,
    evidence,
    fact,
    finding,
    holidays,
    home,
    imports,
    lke,
    message,
    obligation,
    predicate,
    preference,
    report,
    rounds,
    run,
    serve,
    summary,
    up,
    user,
    waiver,
)
from zi.options import Json

app = typer.Typer(
    name="zi",
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


app.add_typer(candidacy.app, name="candidacy", help=say("help.candidacy"))
app.add_typer(cycle.app, name="cycle", help=say("help.cycle"))
app.add_typer(holidays.app, name="holidays", help=say("help.holidays"))
app.add_typer(calendar.app, name="calendar", help=say("help.calendar"))
app.add_typer(document.app, name="document", help=say("help.document"))
app.add_typer(lke.app, name="lke", help=say("help.lke"))
app.add_typer(evidence.app, name="evidence", help=say("help.evidence"))
app.add_typer(action.app, name="action", help=say("help.action"))
app.add_typer(fact.app, name="fact", help=say("help.fact"))
app.add_typer(finding.app, name="finding", help=say("help.finding"))
app.add_typer(predicate.app, name="predicate", help=say("help.predicate"))
app.add_typer(rounds.app, name="round", help=say("help.round"))
app.add_typer(report.app, name="report", help=say("help.report"))
app.add_typer(waiver.app, name="waiver", help=say("help.waiver"))
app.add_typer(agency.app, name="agency", help=say("help.agency"))
app.add_typer(message.app, name="message", help=say("help.message"))
app.add_typer(summary.app, name="summary", help=say("help.summary"))
app.add_typer(obligation.app, name="obligation", help=say("help.obligation"))
app.add_typer(absence.app, name="absence", help=say("help.absence"))
app.add_typer(user.app, name="user", help=say("help.user"))
app.add_typer(preference.app, name="preference", help=say("help.preference"))
app.add_typer(channel.key_app, name="channel-key", help=say("help.channel_key"))
app.add_typer(delivery.app, name="delivery", help=say("help.delivery"))
app.add_typer(audit.app, name="audit", help=say("help.audit"))
app.add_typer(db.app, name="db", help=say("help.db"))

app.command("init", help=say("help.init"))(home.init)
app.command("migrate", help=say("help.migrate"))(home.migrate)
app.command("demo", help=say("help.demo"))(home.demo)
app.command("import", help=say("help.import"))(imports.import_)
app.command("remind", help=say("help.remind"))(run.remind)
app.command("monev", help=say("help.monev"))(run.monev)
app.command("deliver", help=say("help.deliver"))(run.deliver)
app.command("checkpoint", help=say("help.checkpoint"))(run.checkpoint)
app.command("up", help=say("help.up"))(up.up)
app.command("serve", help=say("help.serve"))(serve.serve)
app.command("deploy", help=say("help.deploy"))(deploy.deploy)
app.command("backup", help=say("help.backup"))(backup.backup)
app.command("restore", help=say("help.restore"))(backup.restore)
app.command("doctor", help=say("help.doctor"))(doctor.doctor)
