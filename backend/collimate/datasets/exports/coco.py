"""COCO: pictures as PNG and one JSON per split, in a zip.

COCO's pixel coordinates are ours: the corner of the first pixel is (0, 0). A box is
[x, y, width, height]; every other closed mark is the polygon of its line; points, lengths, axes and
angles are keypoints, COCO's only marks without an area; an open line is kept in `attributes`; a
segment is a run-length mask, one annotation per frame. A mark on a plane through a series lies on
no picture: it stands under the top-level `marks_in_space` with its places in the patient. Answers
to attributes lie under `attributes.values` of an annotation, and under `answers` of an image with
who gave them; what was asked is listed under the top-level `attributes`.
Source: https://cocodataset.org/#format-data
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from collimate.annotations.geometry import CLOSED_KINDS, polygon_area, ring_of
from collimate.annotations.runs import from_mask, to_mask
from collimate.datasets.exports.archive import add_bytes, add_json
from collimate.datasets.exports.version import FrozenImage, FrozenRead, FrozenVersion
from collimate.datasets.splits import SPLITS

KEYPOINTS = {
    "point": ["place"],
    "length": ["start", "end"],
    "angle": ["arm", "vertex", "other arm"],
    "cobb": ["first start", "first end", "second start", "second end"],
    "bidirectional": ["long start", "long end", "short start", "short end"],
}
"""Names of the points of a mark without an area, in the order they are kept."""

Picture = Callable[[FrozenImage, int], bytes]
"""The PNG of a frame (number from 1) of an image."""


def write_coco(
    version: FrozenVersion,
    target: Path,
    picture: Picture,
    progress: Callable[[float], None] = lambda _: None,
    *,
    beside: Callable[[zipfile.ZipFile, dict[tuple[str, int], int]], None] = lambda *_: None,
) -> None:
    """Write the version to `target`: `annotations/{split}.json`, `images/`, the manifest.

    `beside` may add files of its own; it is told the id of each image by UID and frame number.
    """
    frames = [
        (image, number)
        for image in version.images
        for number in range(1, len(image.frame_ranges) + 1)
    ]
    shown: list[dict[str, Any]] = []
    reads: dict[str, list[FrozenRead]] = {}
    for read in version.reads:
        reads.setdefault(read.study_uid, []).append(read)
    with zipfile.ZipFile(target, "w") as archive:
        for index, (image, number) in enumerate(frames):
            png = picture(image, number)
            item = _image(index + 1, image, number, png)
            item["attributes"].update(_answers(reads.get(image.study_uid, []), image))
            add_bytes(archive, item["file_name"], png)
            shown.append(item)
            progress((index + 1) / len(frames))
        by_frame = {
            (item["attributes"]["sop_instance_uid"], item["attributes"]["frame_number"]): item
            for item in shown
        }
        marks = _annotations(version, by_frame)
        for split in SPLITS:
            content = _split_json(version, split, shown, marks)
            add_json(archive, f"annotations/{split}.json", content)
        add_json(archive, "manifest.json", version.manifest)
        beside(archive, {place: item["id"] for place, item in by_frame.items()})


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height from a PNG's header (PNG specification, 11.2.2)."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def _image(image_id: int, image: FrozenImage, frame_number: int, png: bytes) -> dict[str, Any]:
    width, height = png_size(png)
    return {
        "id": image_id,
        "file_name": f"images/{image_id:06d}.png",
        "width": width,
        "height": height,
        "attributes": {
            "sop_instance_uid": image.sop_instance_uid,
            "series_uid": image.series_uid,
            "study_uid": image.study_uid,
            "patient": image.patient,
            "split": image.split,
            "frame_number": frame_number,
            "rows": image.rows,
            "columns": image.columns,
            "pixel_spacing_mm": image.pixel_spacing_mm,
            "trust": image.geometry.get("trust"),
            "geometry_findings": [one["code"] for one in image.geometry.get("findings", ())],
        },
    }


def _answers(reads: list[FrozenRead], image: FrozenImage) -> dict[str, Any]:
    """What each reader of its study said of an image; labels where all said the same (or null)."""
    is_one = len({read.label_keys for read in reads}) == 1
    return {
        "answers": [
            {
                "reader": read.reader or None,
                "provenance": read.provenance,
                "model_sha256": read.model_sha256 or None,
                "label_keys": list(read.label_keys),
                "exclusion": read.exclusion or None,
                "quality": read.quality or None,
                "study": read.attributes.get(("study", ""), {}),
                "series": read.attributes.get(("series", image.series_uid), {}),
                "image": read.attributes.get(("image", image.sop_instance_uid), {}),
            }
            for read in reads
        ],
        "label_keys": list(reads[0].label_keys) if is_one else None,
        "provenance": reads[0].provenance if reads else None,
    }


def _categories(version: FrozenVersion) -> list[dict[str, Any]]:
    items = []
    for number, label in enumerate(version.labels, start=1):
        item = {"id": number, "name": label["name"], "supercategory": label["kind"]}
        item["attributes"] = {
            field: label[field] for field in ("key", "code_scheme", "code_value", "code_meaning")
        }
        names = KEYPOINTS.get(label["kind"])
        if names:
            item |= {"keypoints": names, "skeleton": _skeleton(label["kind"], len(names))}
        items.append(item)
    return items


def _skeleton(kind: str, count: int) -> list[list[int]]:
    if kind in ("cobb", "bidirectional"):
        return [[1, 2], [3, 4]]
    return [[number, number + 1] for number in range(1, count)]


def _annotations(
    version: FrozenVersion, images: dict[tuple[str, int], dict[str, Any]]
) -> list[dict[str, Any]]:
    categories = {
        (label["kind"], label["key"]): number
        for number, label in enumerate(version.labels, start=1)
    }
    items: list[dict[str, Any]] = []
    for read in version.reads:
        for mark in read.marks:
            if "places" in mark:
                continue
            image = images[mark["sop_instance_uid"], mark["frame_number"]]
            category = categories[mark["kind"], mark["label_key"]]
            items.append(_annotation(len(items) + 1, mark, read, image, category))
        for segment in read.segments:
            image = images[segment["sop_instance_uid"], segment["frame_number"]]
            category = categories["segment", segment["label_key"]]
            items.append(_segment(len(items) + 1, segment, read, image, category))
    return items


def _annotation(
    number: int, mark: dict[str, Any], read: FrozenRead, image: dict[str, Any], category: int
) -> dict[str, Any]:
    kind = mark["kind"]
    line = ring_of(kind, mark["points"]) if kind in CLOSED_KINDS else mark["points"]
    points = _on_picture(line, image)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    item: dict[str, Any] = {
        "id": number,
        "image_id": image["id"],
        "category_id": category,
        "bbox": [min(xs), min(ys), width, height],
        "area": width * height,
        "iscrowd": 0,
        "segmentation": [],
        "attributes": _said(read, mark, kind),
    }
    if kind in CLOSED_KINDS and kind != "box":
        item["segmentation"] = [[value for point in points for value in point]]
        item["area"] = polygon_area(points)
    if kind in KEYPOINTS:
        keypoints: list[float] = [value for x, y in points for value in (x, y, 2)]
        item |= {"keypoints": keypoints, "num_keypoints": len(points)}
    if kind not in CLOSED_KINDS:
        item["area"] = 0.0
    if kind == "polyline":
        item["attributes"]["points"] = points
    if kind == "length":
        item["attributes"]["length_mm"] = _length_mm(mark["points"], image)
    return item


def _marks_in_space(version: FrozenVersion, split: str) -> list[dict[str, Any]]:
    """Marks on planes: places in the patient (LPS, mm) and the directions of the plane."""
    fields = ("label_key", "sop_instance_uid", "frame_number", "frame_of_reference_uid",
              "row_direction", "column_direction")  # fmt: skip
    return [
        _said(read, mark, mark["kind"])
        | {"study_uid": read.study_uid, "places_mm": mark["places"]}
        | {field: mark[field] for field in fields}
        for read in version.reads
        if read.split == split
        for mark in read.marks
        if "places" in mark
    ]


def _said(read: FrozenRead, drawn: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        "reader": read.reader,
        "annotation_id": drawn["annotation_id"],
        "kind": kind,
        "values": drawn.get("attributes", {}),
    }


def _segment(
    number: int, segment: dict[str, Any], read: FrozenRead, image: dict[str, Any], category: int
) -> dict[str, Any]:
    """A mask as COCO's uncompressed run lengths: column by column, outside first."""
    facts = image["attributes"]
    mask = to_mask(segment["runs"], facts["rows"], facts["columns"])
    # What lies under the middle of each pixel of the picture, which may be smaller than the image.
    rows = (2 * np.arange(image["height"]) + 1) * facts["rows"] // (2 * image["height"])
    columns = (2 * np.arange(image["width"]) + 1) * facts["columns"] // (2 * image["width"])
    shown = mask[np.ix_(rows, columns)]
    counts = from_mask(shown.T)
    rest = shown.size - sum(counts)
    ys, xs = np.nonzero(shown)
    box = [xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1] if xs.size else [0, 0, 0, 0]
    return {
        "id": number,
        "image_id": image["id"],
        "category_id": category,
        "bbox": [int(value) for value in box],
        "area": int(shown.sum()),
        "iscrowd": 0,
        "segmentation": {
            "size": [image["height"], image["width"]],
            "counts": [*counts, rest] if rest else counts,
        },
        "attributes": _said(read, segment, "segment"),
    }


def _on_picture(points: list[list[float]], image: dict[str, Any]) -> list[list[float]]:
    """Image coordinates on the written picture: a very large image is written smaller."""
    facts = image["attributes"]
    x_scale, y_scale = image["width"] / facts["columns"], image["height"] / facts["rows"]
    return [
        [
            min(max(x * x_scale, 0.0), float(image["width"])),
            min(max(y * y_scale, 0.0), float(image["height"])),
        ]
        for x, y in points
    ]


def _length_mm(points: list[list[float]], image: dict[str, Any]) -> float | None:
    spacing = image["attributes"]["pixel_spacing_mm"]
    if not spacing:
        return None
    (x1, y1), (x2, y2) = points
    return round(float(((x2 - x1) * spacing[1]) ** 2 + ((y2 - y1) * spacing[0]) ** 2) ** 0.5, 3)


def _split_json(
    version: FrozenVersion,
    split: str,
    shown: list[dict[str, Any]],
    marks: list[dict[str, Any]],
) -> dict[str, Any]:
    images = [item for item in shown if item["attributes"]["split"] == split]
    ids = {item["id"] for item in images}
    return {
        "info": {
            "description": version.name,
            "version": version.manifest_sha256,
            "date_created": version.manifest["frozen_at"],
        },
        "licenses": [],
        "attributes": list(version.attributes),
        "categories": _categories(version),
        "images": images,
        "annotations": [mark for mark in marks if mark["image_id"] in ids],
        "marks_in_space": _marks_in_space(version, split),
    }
