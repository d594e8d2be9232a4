"""What a study or series says of itself in a DICOMweb search, cut from the DICOM JSON model."""

from typing import Any

# PS3.18 tables 10.6.3-3 and 10.6.3-4, as far as de-identification leaves them
STUDY_TAGS = (
    "00080005", "00080020", "00080030", "00080050", "00080090", "00080201", "00081030",
    "00100010", "00100020", "00100030", "00100040", "00120062", "0020000D", "00200010",
)  # fmt: skip
SERIES_TAGS = ("00080005", "00080021", "00080060", "0008103E", "00180015", "0020000D", "0020000E",
               "00200011", "00200060", "00400244", "00400245")  # fmt: skip
EMPTY_STUDY = {"00080050": "SH", "00080090": "PN", "00100030": "DA", "00200010": "SH"}


def study_json(
    source: dict[str, Any], *, modalities: list[str], series_count: int, instance_count: int
) -> dict[str, Any]:
    """The study level. Source: PS3.18 table 10.6.3-3."""
    chosen = {tag: source[tag] for tag in STUDY_TAGS if tag in source}
    chosen |= {tag: {"vr": vr} for tag, vr in EMPTY_STUDY.items() if tag not in chosen}
    chosen["00080056"] = {"vr": "CS", "Value": ["ONLINE"]}
    chosen["00080061"] = {"vr": "CS", "Value": modalities}
    chosen["00201206"] = {"vr": "IS", "Value": [series_count]}
    chosen["00201208"] = {"vr": "IS", "Value": [instance_count]}
    return dict(sorted(chosen.items()))


def series_json(source: dict[str, Any], *, instance_count: int) -> dict[str, Any]:
    """The series level. Source: PS3.18 table 10.6.3-4."""
    chosen = {tag: source[tag] for tag in SERIES_TAGS if tag in source}
    chosen["00201209"] = {"vr": "IS", "Value": [instance_count]}
    return dict(sorted(chosen.items()))
