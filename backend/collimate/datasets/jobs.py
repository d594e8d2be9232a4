"""Writing exports in the background."""

import zipfile
from pathlib import Path
from uuid import UUID

from collimate.datasets.exports import ExportFormat
from collimate.datasets.exports.coco import write_coco
from collimate.datasets.exports.csv import write_csv
from collimate.datasets.exports.maps import MapChanged, MapsOf, StoredMap, add_maps
from collimate.datasets.exports.version import FrozenImage, FrozenVersion, load
from collimate.datasets.models import DatasetVersion, Export
from collimate.dicom.prepared import frame_facts
from collimate.dicom.rejection import Rejected
from collimate.jobs import events
from collimate.jobs.kinds import JobKind
from collimate.jobs.run import Handler, JobFailed, JobRun
from collimate.kit.blobs import BlobMissing, blobs, work_folder
from collimate.studies.sandbox import sandbox


def export_dataset(run: JobRun, maps_of: MapsOf = lambda *_: []) -> dict[str, object]:
    """Write a frozen version in the format asked for and keep the file.

    `maps_of` says which heat maps there are; they go into a format that has them.

    Raises:
        JobFailed: an image of the version cannot be shown or is missing.
    """
    export_id = UUID(run.arguments["export_id"])
    with run.open_session() as session:
        export = session.get_one(Export, export_id)
        if export.state == "done":
            return {"export_id": str(export_id)}
        export_format = ExportFormat(export.format)
        version = load(session, session.get_one(DatasetVersion, export.dataset_version_id))
        maps = None
        if export_format == ExportFormat.COCO_MAPS:
            shown = [image.sop_instance_uid for image in version.images]
            maps = maps_of(session, export.project_id, shown)
    with work_folder() as folder:
        target = folder / "export.zip"
        _write(run, export_format, version, target, maps)
        blob = blobs().put(target)
    with run.open_session() as session:
        export = session.get_one(Export, export_id, with_for_update=True)
        export.state, export.blob_sha256 = "done", blob.sha256
        export.byte_count = blob.byte_count
        events.publish(session, "export", export.project_id, export_id=export.id)
    return {"export_id": str(export_id), "byte_count": blob.byte_count}


def _write(
    run: JobRun, export_format: ExportFormat, version: FrozenVersion, target: Path,
    maps: list[StoredMap] | None,
) -> None:  # fmt: skip
    if export_format == ExportFormat.CSV:
        write_csv(version, target)
        return
    count = sum(len(image.frame_ranges) for image in version.images)

    def progress(fraction: float) -> None:
        run.report(fraction, f"{round(fraction * count)} of {count} images written")

    def beside(archive: zipfile.ZipFile, image_ids: dict[tuple[str, int], int]) -> None:
        if maps is not None:
            add_maps(archive, maps, image_ids, blobs().read)

    try:
        write_coco(version, target, picture, progress, beside=beside)
    except MapChanged as error:
        raise JobFailed("A heat map is not as it was kept. Export without heat maps.") from error
    except (Rejected, BlobMissing) as error:
        raise JobFailed(
            "An image of this dataset cannot be read any more. Verify the dataset to see which."
        ) from error


def picture(image: FrozenImage, frame_number: int) -> bytes:
    """A frame as PNG in the window its protocol gives, rendered in the sandbox."""
    offset, length = image.frame_ranges[frame_number - 1]
    raw = blobs().read(image.frames_sha256, offset, length)
    return sandbox().render(raw, frame_facts(image.dicom_json, frame_number - 1), kind="png")


HANDLERS: dict[JobKind, Handler] = {JobKind.EXPORT_DATASET: export_dataset}
