"""Commands about data: import and export."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from collimate.cli.reach import acting, database, find_or_create
from collimate.cli.screen import console, output
from collimate.kit.database import open_session
from collimate.studies.imports.label_table import Columns, TableUnusable

if TYPE_CHECKING:  # codecs are loaded by the command that needs them
    from collimate.studies.imports.take_folder import ImportOrder, Outcome

As = Annotated[str | None, typer.Option("--as", help="E-mail of the account that does this.")]


def register(commands: typer.Typer) -> None:
    """Add these commands."""
    commands.command("import")(import_folder)
    commands.command()(export)


def import_folder(  # noqa: PLR0913, PLR0917 - options of a command
    path: Annotated[Path, typer.Argument(help="A folder, a medium, a file or a zip.")],
    project: Annotated[str, typer.Option(help="Name or id of the project.")],
    create_for: Annotated[
        str | None,
        typer.Option(metavar="EMAIL", help="Make the project, with this owner, if there is none."),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="CSV table about the pictures, here or in the folder.")
    ] = None,
    path_column: Annotated[str, typer.Option(help="Column with the file name.")] = "path",
    label_column: Annotated[str, typer.Option(help="Column with the known label.")] = "label",
    patient_column: Annotated[
        str | None, typer.Option(help="Column that is the same for one patient's pictures.")
    ] = None,
    split_column: Annotated[
        str | None, typer.Option(help="Column whose value `test` puts a patient in the hold-out.")
    ] = None,
    site_column: Annotated[str | None, typer.Option(help="Column with the site.")] = None,
    sex_column: Annotated[str | None, typer.Option(help="Column with M, F or O.")] = None,
    age_column: Annotated[str | None, typer.Option(help="Column with the age in years.")] = None,
    known_labels: Annotated[
        str, typer.Option(help="hide: keep them as the hidden answer key. none: leave them out.")
    ] = "hide",
    modality: Annotated[
        str | None,
        typer.Option(help="Modality of pictures (CR if not given) and NIfTI volumes."),
    ] = None,
    body_part: Annotated[
        str | None, typer.Option(help="Body part of pictures and NIfTI volumes.")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only this many files.")] = None,
    as_user: As = None,
) -> None:
    """Bring images into a project; what is there already is left alone."""
    from collimate.studies.imports.take_folder import ImportOrder

    if known_labels not in ("hide", "none"):
        raise typer.BadParameter("--known-labels is hide or none.")
    is_hidden = known_labels == "hide"
    columns = Columns(
        path_column, label_column if is_hidden else None, patient_column, split_column,
        site_column, sex_column, age_column,
    )  # fmt: skip
    with database():
        with open_session() as session:
            target = find_or_create(session, project, create_for).id
            by = acting(session, as_user or create_for).id
        order = ImportOrder(
            path, target, by=by, labels=labels, columns=columns, hide_labels=is_hidden,
            modality=modality, body_part=body_part, sample=sample,
        )  # fmt: skip
        try:
            outcome = _with_bar(order)
        except (TableUnusable, FileNotFoundError) as error:
            raise typer.BadParameter(str(error)) from error
    _show(outcome)


def _with_bar(order: "ImportOrder") -> "Outcome":
    from collimate.studies.imports.take_folder import import_path
    from collimate.tasks.open import open_for_reading

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("Importing", total=None)
        return import_path(
            order,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            on_ingested=open_for_reading,
        )


def _show(outcome: "Outcome") -> None:
    table = Table("outcome", "files")
    for state, count in sorted(outcome.states.items()):
        table.add_row(state, str(count))
    output.print(table)
    if outcome.reasons:
        reasons = Table("set aside because", "files")
        for reason, count in outcome.reasons.most_common():
            reasons.add_row(reason, str(count))
        output.print(reasons)
    for note in outcome.notes:
        console.print(f"Note: {note}")


def export(
    dataset: Annotated[UUID, typer.Argument(help="Id of a frozen dataset version.")],
    export_format: Annotated[str, typer.Option("--format", help="csv, coco or coco-maps.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="File to write.")] = None,
    as_user: As = None,
) -> None:
    """Write a frozen dataset version to a file; the light worker must be running."""
    from collimate.cli.exporting import NoWorker, write_export

    try:
        with database():
            target = write_export(dataset, export_format, out, as_user, say=console.print)
    except (NoWorker, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    output.print(str(target))
