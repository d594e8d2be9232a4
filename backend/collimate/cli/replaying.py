"""The replay command: hidden answers of a project, or a folder of labelled pictures."""

from pathlib import Path
from typing import Annotated

import typer

from collimate.cli.reach import database, find_project
from collimate.cli.screen import console, output
from collimate.demo.replay.curves import Course
from collimate.demo.replay.report import Outcome, plot, show, write_json
from collimate.kit.database import open_session
from collimate.studies.imports.label_table import Columns, TableUnusable


def register(commands: typer.Typer) -> None:
    """Add the command."""
    commands.command()(replay)


def replay(  # noqa: PLR0913, PLR0917 - options of a command
    project: Annotated[str | None, typer.Argument(help="Name or id of a project.")] = None,
    images: Annotated[
        Path | None, typer.Option(help="Instead of a project: a folder of labelled pictures.")
    ] = None,
    labels: Annotated[Path, typer.Option(help="Its table, in the folder.")] = Path("labels.csv"),
    path_column: Annotated[str, typer.Option()] = "path",
    label_column: Annotated[str, typer.Option()] = "label",
    patient_column: Annotated[str | None, typer.Option()] = None,
    split_column: Annotated[str | None, typer.Option()] = None,
    mask_column: Annotated[
        str | None, typer.Option(help="Learn masks instead of classes; paths in the folder.")
    ] = None,
    strategies: Annotated[
        str, typer.Option(help="Names parted by commas; `project` is the project's own.")
    ] = "project,random",
    seeds: Annotated[int, typer.Option(min=1, max=100)] = 5,
    batch: Annotated[int | None, typer.Option(min=5, max=500, help="Labels per round.")] = None,
    cap: Annotated[int, typer.Option(min=5, help="Labels at most.")] = 400,
    encoder_steps: Annotated[
        int, typer.Option(min=0, help="Training of the folder's own encoder; 0 for none.")
    ] = 300,
    network_steps: Annotated[
        int,
        typer.Option(
            min=0,
            help="Masks: train the network that projects train, so many steps after every batch; "
            "0 learns them by trees over pixels, in seconds.",
        ),
    ] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every number.")] = None,
    plot_file: Annotated[Path | None, typer.Option("--plot", help="Draw the curves (PNG).")] = None,
) -> None:
    """Count how many labels each strategy needs, with answers that are known already."""
    if (project is None) == (images is None):
        raise typer.BadParameter("Give either a project or --images.")
    names = [name.strip() for name in strategies.split(",") if name.strip()]
    try:
        if images is not None:
            columns = Columns(
                path_column, None if mask_column else label_column, patient_column, split_column,
                mask=mask_column,
            )  # fmt: skip
            course = Course(seeds, batch or 20, cap, encoder_steps, network_steps)
            outcome = _folder(images, labels, columns, names, course)
        else:
            outcome = _project(str(project), names, seeds, batch, cap)
    except (TableUnusable, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    show(outcome, output)
    if json_file is not None:
        write_json(outcome, json_file)
    if plot_file is not None:
        plot(outcome, plot_file)


def _project(name: str, strategies: list[str], seeds: int, batch: int | None, cap: int) -> Outcome:
    from collimate.demo.replay.project import replay_project

    with database():
        with open_session() as session:
            project_id = find_project(session, name).id
        with console.status("Replaying") as status:
            return replay_project(
                project_id, strategies=strategies, seeds=seeds, batch_size=batch, cap=cap,
                tell=lambda text: status.update(f"Replaying: {text}"),
            )  # fmt: skip


def _folder(
    folder: Path, table: Path, columns: Columns, strategies: list[str], course: Course
) -> Outcome:
    from collimate.demo.replay.folder import replay_folder

    beside = folder / table
    with console.status("Replaying") as status:
        return replay_folder(
            folder, beside if beside.exists() else table, columns,
            strategies=strategies, course=course,
            tell=lambda text: status.update(f"Replaying: {text}"),
        )  # fmt: skip
