"""Commands about accounts."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from collimate.access import accounts, passwords, sign_in
from collimate.cli.reach import acting, database
from collimate.cli.screen import console, output
from collimate.kit.database import open_session

commands = typer.Typer(no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="E-mail address of the account.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


def _given(from_input: bool) -> str | None:
    return sys.stdin.readline().rstrip("\n") if from_input else None


@commands.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Name shown to colleagues.")] = "",
    is_admin: Annotated[bool, typer.Option("--admin", help="May manage all accounts.")] = False,
    password_stdin: FromInput = False,
) -> None:
    """Make an account; a random password is printed once unless one is given."""
    with database(), open_session() as session:
        _user, generated = accounts.create_user(
            session, email=email, name=name, password=_given(password_stdin), is_admin=is_admin
        )
    console.print(f"{email} can sign in.")
    if generated:
        output.print(generated)


@commands.command("list")
def list_users() -> None:
    """Show every account."""
    table = Table("e-mail", "name", "admin", "active", "since")
    with database(), open_session() as session:
        for user in accounts.all_users(session):
            table.add_row(
                user.email, user.name, "yes" if user.is_admin else "",
                "yes" if user.is_active else "no", f"{user.created_at:%Y-%m-%d}",
            )  # fmt: skip
    output.print(table)


@commands.command()
def password(email: Email, password_stdin: FromInput = False) -> None:
    """Set a new password; every open session of the account ends."""
    with database(), open_session() as session:
        user = accounts.by_email(session, email)
        given = _given(password_stdin)
        new = given or passwords.generate()
        accounts.change_user(session, acting(session, None), user.id, {"password": new})
    console.print(f"{email} has a new password.")
    if given is None:
        output.print(new)


@commands.command()
def token(
    email: Email,
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    days: Annotated[int, typer.Option(min=1, max=365, help="How long it is valid.")] = 90,
) -> None:
    """Make a personal access token for scripts; it is printed once."""
    with database(), open_session() as session:
        _row, secret = sign_in.new_token(session, accounts.by_email(session, email), name, days)
    console.print(f"Valid for {days} days. Send it as `Authorization: Bearer …`.")
    output.print(secret)


@commands.command()
def deactivate(email: Email) -> None:
    """Close an account; what its owner did stays."""
    with database(), open_session() as session:
        user = accounts.by_email(session, email)
        accounts.change_user(session, acting(session, None), user.id, {"is_active": False})
    console.print(f"{email} can no longer sign in.")
