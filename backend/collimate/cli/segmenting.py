"""The segmenter commands: give the installation one that comes as a file."""

from pathlib import Path
from typing import Annotated

import typer

from collimate.cli.reach import acting, database
from collimate.cli.screen import console, output
from collimate.kit.database import open_session

commands = typer.Typer(no_args_is_help=True)
As = Annotated[str | None, typer.Option("--as", help="E-mail of the account that does this.")]


@commands.callback()
def about() -> None:
    """Segmenters: what answers when a reader points at a structure."""


@commands.command()
def give(
    path: Annotated[
        Path,
        typer.Argument(help="Folder or zip as published, or safetensors beside it.", exists=True),
    ],
    as_user: As = None,
) -> None:
    """Keep published weights of nnInteractive; from the next prompt on they answer."""
    from collimate.prompts.give import give_segmenter

    with database(), open_session() as session:
        given, count = give_segmenter(session, path, by=acting(session, as_user).id)
        sha256 = given.weights_sha256
    console.print(
        f"A network of {count / 1e6:.1f} million numbers is kept and answers prompts from now on. "
        "Whether its licence allows your use is for you to check."
    )
    output.print(sha256)


@commands.command()
def show() -> None:
    """Say which segmenter answers."""
    from collimate.prompts.give import serving_segmenter

    with database(), open_session() as session:
        found = serving_segmenter(session)
        told = found and f"{found.weights_sha256}, given {found.created_at:%Y-%m-%d %H:%M} UTC"
    output.print(told or "None was given; prompts are answered without a model.")


@commands.command()
def withdraw(as_user: As = None) -> None:
    """Answer prompts without a model again."""
    from collimate.prompts.give import withdraw_segmenter

    with database(), open_session() as session:
        withdrawn = withdraw_segmenter(session, by=acting(session, as_user).id)
    console.print("Withdrawn; its weights stay." if withdrawn else "None was given.")
