"""Commands about the installation: start, migrate, demo, doctor, audit, openapi."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from collimate.cli.reach import database
from collimate.cli.screen import console, output
from collimate.kit.settings import settings
from collimate.studies.imports.label_table import TableUnusable

if TYPE_CHECKING:  # what draws images is loaded by the commands that do
    from collimate.demo.workspace import Source, Workspace

Images = Annotated[
    Path | None,
    typer.Option(help="Folder with labels.csv: build the demo from these real images."),
]


def register(commands: typer.Typer) -> None:
    """Add these commands."""
    commands.command()(up)
    commands.command()(receive)
    commands.command()(migrate)
    commands.command()(demo)
    commands.command()(doctor)
    commands.command()(openapi)
    audit = typer.Typer(no_args_is_help=True)
    audit.command("verify")(verify_audit)
    audit.callback()(_about_audit)
    commands.add_typer(audit, name="audit")


def _about_audit() -> None:
    """The audit chain."""


def up(
    demo_images: Annotated[
        Path | None, typer.Option(help="Build the demo from the images of this folder instead.")
    ] = None,
) -> None:
    """Start everything on this machine and keep it running until Ctrl-C."""
    from collimate.embedded.run import run

    source = _source(demo_images)
    raise typer.Exit(run(None if source is None else _builder(source)))


def receive() -> None:
    """Run the receiver alone: C-STORE and watched folders, as `ways_in.toml` opens them."""
    from collimate.studies.stand_by import stand_by

    with database():
        stand_by()


def _source(images: Path | None) -> "Source | None":
    from collimate.demo.folder_source import from_folder
    from collimate.demo.synthetic_source import synthetic

    if images is None:
        return synthetic() if settings().demo_cases > 0 else None
    try:
        return from_folder(images)
    except TableUnusable as error:
        raise typer.BadParameter(str(error)) from error


def _builder(source: "Source") -> Callable[[], None]:
    def build() -> None:
        # The rest grows in the background: the pages can be used meanwhile.
        begun = _begin(source)
        if not begun.is_built:
            threading.Thread(target=_fill, args=(begun, source), daemon=True).start()

    return build


def _begin(source: "Source") -> "Workspace":
    import collimate.tables  # noqa: F401
    from collimate.demo import people, workspace

    begun = workspace.begin(source)
    if begun.password is not None:
        table = Table("sign in as", "who", "role", title="Demo accounts")
        for email, name, role in people.PEOPLE:
            table.add_row(email, name, role.replace("_", " "))
        console.print(table)
        console.print(f"Password of all of them: [bold]{begun.password}[/] (shown this once)")
    return begun


def _fill(begun: "Workspace", source: "Source") -> None:
    from collimate.demo import workspace

    try:
        is_mine = workspace.fill(begun, source, say=lambda text: console.print(f"Demo: {text} …"))
    except Exception as error:  # the server must go on without its demo
        console.print(f"The demo is not complete ({type(error).__name__}); the next start goes on.")
        return
    console.print("The demo is complete." if is_mine else "The demo is being built elsewhere.")


def migrate() -> None:
    """Bring the database to the newest schema."""
    with database():
        console.print("The database is at the newest schema.")


def demo(images: Images = None) -> None:
    """Build the demo workspace in an installation that is running."""
    source = _source(images)
    if source is None:
        raise typer.BadParameter("COLLIMATE_DEMO_CASES is 0, so there is no demo to build.")
    with database():
        begun = _begin(source)
        if begun.is_built:
            console.print("The demo is there already.")
            return
        _fill(begun, source)


def doctor() -> None:
    """Say what runs, what was found and what is missing, on one screen."""
    from collimate.cli.doctor import examine

    table = Table("", "what", "found", "what to do")
    marks = {"ok": "[green]ok[/]", "warn": "[yellow]![/]", "bad": "[red]✗[/]"}
    findings = examine()
    for finding in findings:
        table.add_row(marks[finding.state], finding.what, finding.found, finding.remedy)
    output.print(table)
    raise typer.Exit(1 if any(finding.state == "bad" for finding in findings) else 0)


def openapi() -> None:
    """Print the OpenAPI description of the web interface."""
    code = "import json; from collimate.app import make_app; print(json.dumps(make_app().openapi(), indent=1, sort_keys=True))"  # noqa: E501
    raise typer.Exit(subprocess.run([sys.executable, "-c", code], check=False).returncode)  # noqa: S603


def verify_audit() -> None:
    """Walk every audit chain and say whether anything was changed, removed or inserted."""
    from collimate.access import audit
    from collimate.kit.database import open_session

    with database(), open_session() as session:
        found = audit.verify(session)
    if found.is_intact:
        output.print(f"Intact: {found.checked_count} events.")
        return
    where = f"at event {found.first_bad_id}" if found.first_bad_id else "at the end of a chain"
    output.print(f"NOT intact: the chain breaks {where}, after {found.checked_count} good events.")
    raise typer.Exit(1)
