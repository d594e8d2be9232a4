"""Export formats, one file each: a frozen version in, a zip with the same bytes every time out."""

from enum import StrEnum


class ExportFormat(StrEnum):
    """What a dataset version can be written as."""

    CSV = "csv"
    COCO = "coco"
    COCO_MAPS = "coco-maps"
