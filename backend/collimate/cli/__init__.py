"""The command line: `collimate --help` shows every command."""

import sys

import typer

from collimate.cli import data, encoding, replaying, segmenting, system, texts, users
from collimate.cli.screen import console
from collimate.kit.errors import Problem

commands = typer.Typer(
    name="collimate",
    help="Label medical images in the order that teaches a model most.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
system.register(commands)
data.register(commands)
texts.register(commands)
replaying.register(commands)
commands.add_typer(encoding.commands, name="encoder", help="What turns an image into numbers.")
commands.add_typer(segmenting.commands, name="segmenter", help="What answers when a reader points.")
commands.add_typer(users.commands, name="user", help="Accounts: add, list, change.")


def app() -> None:
    """Run a command; a refusal is a sentence, not a trace."""
    try:
        commands()
    except Problem as problem:
        answer = problem.answer()
        console.print(f"[bold red]{answer['title']}[/]", f"{problem.detail}", sep="\n")
        sys.exit(1)
