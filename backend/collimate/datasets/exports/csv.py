"""CSV: tables of reads, marks, segments, labels and attributes, and the manifest, in a zip."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from collimate.annotations.runs import area_pixels
from collimate.datasets.exports.archive import add_bytes, add_json
from collimate.datasets.exports.version import FrozenRead, FrozenVersion

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def neutral(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made plain by a leading apostrophe."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def table(header: list[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A CSV table (RFC 4180), UTF-8, every text quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
    return text.getvalue().encode()


def write_csv(version: FrozenVersion, target: Path) -> None:
    """Write the version to `target` as a zip of tables and the manifest.

    Every attribute is a column `attribute_KEY` of the table its scope belongs to: `reads.csv` for
    the study, `series.csv`, `images.csv`, and `marks.csv` and `segments.csv` for regions.
    """
    with zipfile.ZipFile(target, "w") as archive:
        add_bytes(archive, "reads.csv", _reads(version))
        add_bytes(archive, "marks.csv", _marks(version))
        add_bytes(archive, "segments.csv", _segments(version))
        add_bytes(archive, "labels.csv", _labels(version))
        if version.attributes:
            add_bytes(archive, "series.csv", _targets(version, "series", "series_uid"))
            add_bytes(archive, "images.csv", _targets(version, "image", "sop_instance_uid"))
            add_bytes(archive, "attributes.csv", _attributes(version))
        add_json(archive, "manifest.json", version.manifest)


READ = ["study_uid", "patient", "split", "reader"]
IN_SPACE = ["frame_of_reference_uid", "row_direction", "column_direction", "places_mm"]


def _read(read: FrozenRead) -> list[Any]:
    return [read.study_uid, read.patient, read.split, read.reader]


def _keys(version: FrozenVersion, scope: str) -> list[str]:
    return [one["key"] for one in version.attributes if one["scope"] == scope]


def _columns(version: FrozenVersion, scope: str) -> list[str]:
    return [f"attribute_{key}" for key in _keys(version, scope)]


def _values(version: FrozenVersion, scope: str, values: dict[str, Any]) -> list[Any]:
    cells = (values.get(key, "") for key in _keys(version, scope))
    return [";".join(cell) if isinstance(cell, list) else cell for cell in cells]


def _reads(version: FrozenVersion) -> bytes:
    header = [
        *READ, "label_keys", "exclusion", "quality", "mark_count", "submitted_at", "submission_id",
        "trust", "geometry_findings", "provenance", "model_sha256",
    ]  # fmt: skip
    return table(
        [*header, *_columns(version, "study")],
        (
            [
                *_read(read),
                ";".join(read.label_keys),
                read.exclusion,
                read.quality,
                len(read.marks),
                read.submitted_at,
                read.submission_id,
                read.trust,
                ";".join(read.geometry_findings),
                read.provenance,
                read.model_sha256,
                *_values(version, "study", read.attributes.get(("study", ""), {})),
            ]
            for read in version.reads
        ),
    )


def _targets(version: FrozenVersion, scope: str, column: str) -> bytes:
    """A row per series or image about which something was said."""
    return table(
        [*READ, column, *_columns(version, scope)],
        (
            [*_read(read), target, *_values(version, scope, values)]
            for read in version.reads
            for (at, target), values in sorted(read.attributes.items())
            if at == scope
        ),
    )


def _marks(version: FrozenVersion) -> bytes:
    header = [
        *READ, "kind", "label_key", "sop_instance_uid", "frame_number", "points", "annotation_id",
        *IN_SPACE,
    ]  # fmt: skip
    return table(
        [*header, *_columns(version, "region")],
        (
            [
                *_read(read),
                mark["kind"],
                mark["label_key"],
                mark["sop_instance_uid"],
                mark["frame_number"],
                json.dumps(mark["points"]) if "points" in mark else "",
                mark["annotation_id"],
                *_in_space(mark),
                *_values(version, "region", mark.get("attributes", {})),
            ]
            for read in version.reads
            for mark in read.marks
        ),
    )


def _in_space(mark: dict[str, Any]) -> list[str]:
    """Of a mark on a plane: its places in the patient (LPS, mm); empty for marks on an image."""
    if "places" not in mark:
        return [""] * len(IN_SPACE)
    vectors = (json.dumps(mark[name]) for name in ("row_direction", "column_direction", "places"))
    return [mark["frame_of_reference_uid"], *vectors]


def _segments(version: FrozenVersion) -> bytes:
    """A row per segment and frame; `runs` as `annotations.runs` writes them."""
    spacing = {image.sop_instance_uid: image.pixel_spacing_mm for image in version.images}
    header = [
        *READ, "label_key", "sop_instance_uid", "frame_number", "area_pixels", "area_mm2", "runs",
        "annotation_id",
    ]  # fmt: skip
    return table(
        [*header, *_columns(version, "region")],
        (
            [
                *_read(read),
                segment["label_key"],
                segment["sop_instance_uid"],
                segment["frame_number"],
                area_pixels(segment["runs"]),
                _area_mm2(segment["runs"], spacing.get(segment["sop_instance_uid"])),
                " ".join(map(str, segment["runs"])),
                segment["annotation_id"],
                *_values(version, "region", segment.get("attributes", {})),
            ]
            for read in version.reads
            for segment in read.segments
        ),
    )


def _area_mm2(runs: list[int], spacing: list[float] | None) -> float | str:
    return round(area_pixels(runs) * spacing[0] * spacing[1], 3) if spacing else ""


def _labels(version: FrozenVersion) -> bytes:
    fields = ["key", "name", "kind", "code_scheme", "code_value", "code_meaning"]
    return table(fields, ([label[field] or "" for field in fields] for label in version.labels))


def _attributes(version: FrozenVersion) -> bytes:
    """What was asked: `choices` as key=name."""
    fields = ["key", "name", "kind", "scope", "unit", "minimum", "maximum", "is_required"]
    return table(
        [*fields, "label_keys", "choices"],
        (
            [
                *("" if one[field] is None else one[field] for field in fields),
                ";".join(one["label_keys"]),
                ";".join(f"{choice['key']}={choice['name']}" for choice in one["choices"]),
            ]
            for one in version.attributes
        ),
    )
