"""The encoder commands: give a project weights that come as a file."""

from pathlib import Path
from typing import Annotated

import typer

from collimate.cli.reach import acting, database
from collimate.cli.screen import console, output
from collimate.kit.database import open_session
from collimate.projects.find import find_project

commands = typer.Typer(no_args_is_help=True)


@commands.callback()
def about() -> None:
    """Encoders: what turns an image into numbers."""


@commands.command()
def give(
    project: Annotated[str, typer.Argument(help="Name or id of the project.")],
    file: Annotated[
        Path, typer.Argument(help="Weights as safetensors.", exists=True, dir_okay=False)
    ],
    as_user: Annotated[
        str | None, typer.Option("--as", help="E-mail of the account that does this.")
    ] = None,
) -> None:
    """Give a project an encoder; the ML worker checks it, looks at all studies, and it serves."""
    from collimate.learning.give import give_encoder

    with database(), open_session() as session:
        found = find_project(session, project)
        encoder = give_encoder(session, found, file, by=acting(session, as_user).id)
    console.print("The weights are kept. They serve as soon as all studies were looked at.")
    output.print(str(encoder.id))
