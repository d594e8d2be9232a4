"""The command that gives studies their clinical texts out of a table."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from collimate.cli.reach import acting, database
from collimate.cli.screen import console, output
from collimate.dicom.identifying_text import Found, Sign
from collimate.kit.database import open_session
from collimate.projects.find import find_project
from collimate.studies.imports.label_table import TableUnusable

if TYPE_CHECKING:  # codecs are loaded by the command that needs them
    from collimate.studies.texts.from_table import TextOutcome

SIGN_WORDS = {
    Sign.DATE: "a date",
    Sign.NUMBER: "a long number",
    Sign.NAME: "a name",
    Sign.CONTACT: "an address or telephone number",
}
MOST_LISTED = 20


def register(commands: typer.Typer) -> None:
    """Add this command."""
    commands.command()(texts)


def texts(
    table: Annotated[Path, typer.Argument(help="CSV table, one row for each study.")],
    project: Annotated[str, typer.Option(help="Name or id of the project.")],
    deidentified: Annotated[
        bool, typer.Option("--deidentified", help="You vouch that the texts name nobody.")
    ] = False,
    checked: Annotated[
        bool,
        typer.Option("--checked", help="Take rows that look as if they did, too: you looked."),
    ] = False,
    study_column: Annotated[
        str,
        typer.Option(help="Column with the Study Instance UID (as it came or is) or a file name."),
    ] = "study_uid",
    text_column: Annotated[str, typer.Option(help="Column with the text.")] = "text",
    folder: Annotated[
        Path | None, typer.Option(help="Folder of the files; without it, that of the table.")
    ] = None,
    as_user: Annotated[
        str | None, typer.Option("--as", help="E-mail of the account that does this.")
    ] = None,
) -> None:
    """Give studies that are here the text that readers see beside the images."""
    from collimate.studies.texts.from_table import TextOrder, give_texts

    if not deidentified:
        raise typer.BadParameter(
            "Nothing was written. Readers see these texts: look that they name nobody, then say "
            "so with --deidentified."
        )
    with database():
        with open_session() as session:
            target = find_project(session, project).id
            by = acting(session, as_user).id
        order = TextOrder(
            table, folder or table.parent, target, by, study_column, text_column, checked
        )
        try:
            outcome = give_texts(order)
        except TableUnusable as error:
            raise typer.BadParameter(str(error)) from error
    _show(outcome)


def _show(outcome: "TextOutcome") -> None:
    table = Table("outcome", "rows")
    counts = {
        "written": outcome.written,
        "here already": outcome.unchanged,
        "without a text": outcome.empty,
        "too long": outcome.too_long,
        "study not here": outcome.unknown,
        "may identify someone": len(outcome.signs),
    }
    for name, count in counts.items():
        table.add_row(name, str(count))
    output.print(table)
    for number, signs in list(outcome.signs.items())[:MOST_LISTED]:
        console.print(f"Row {number} was left out: {in_words(signs)}.")
    if outcome.signs:
        console.print("Clean these rows; or, where the signs mislead, run again with --checked.")


def in_words(signs: list[Found]) -> str:
    """Kinds of signs and the first line of each, without a word of the text."""
    first: dict[Sign, int] = {}
    for sign, number in signs:
        first.setdefault(sign, number)
    count = Counter(sign for sign, _ in signs)
    return "; ".join(
        f"{SIGN_WORDS[sign]} in line {number}"
        + (f" and in {count[sign] - 1} more" if count[sign] > 1 else "")
        for sign, number in first.items()
    )
