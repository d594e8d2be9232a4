"""Write `docs/sample_outcomes.md`: what becomes of every sample image and pydicom test file.

    python tools/make_sample_outcomes.py SAMPLES [--pictures]

Every file goes through the sandbox as at ingest, one after the other, with fixed keys. The labelled
pictures are thousands: without --pictures their lines are taken from the page as it is. The tests
compare the page with what happens (tests/dicom/test_sample_outcomes.py).
"""

import hashlib
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pydicom
import pydicom.data
from pydicom.uid import UID

from collimate.dicom.geometry import assess_geometry
from collimate.dicom.planes import planes_of
from collimate.dicom.prepared import PreparedInstance
from collimate.dicom.profile import Profile
from collimate.dicom.rejection import TEXTS, Rejected, RejectionCode
from collimate.dicom.sandbox import Sandbox

PAGE = Path(__file__).parents[1] / "docs" / "sample_outcomes.md"
PROFILE = Profile(project_key=b"p" * 32, instance_key=b"i" * 32)
PICTURES = {"labelled-cxr": "jpeg", "labelled-cardiac-mr": "png"}
"""Folders of pictures with a table of labels, and what the pictures are."""
Seen = Callable[[Path, Path, PreparedInstance], None]
"""Called with a file, the folder of what is stored, and what is known of it."""
COLUMNS = (
    "file", "what it is", "outcome", "transfer syntax", "columns × rows, frames, bits", "frames",
    "geometry",
)  # fmt: skip
INTRODUCTION = """\
# What becomes of every sample

Written by `tools/make_sample_outcomes.py`; a test says when it is no longer true. Every file \
goes through the sandbox alone, as at ingest, so the page shows what reading decides. What is \
decided later (duplicates, the same identity with other bytes, companions of media that are left \
out) is not in it.

- **accepted**: becomes visible at once. **held**: waits until a person has looked at the pixels, \
with the reasons of `dicom/suspicion.py`. Otherwise the **code** of the quarantine; the texts are \
at the end.
- **frames**: `as stored` are bytes of the file itself; `normalised` were decoded or turned into \
plain little-endian ones (colour to RGB, palettes expanded) beside the untouched original.
- **geometry**: the verdict on the series the file belongs to, made of the files of its folder.
"""


@dataclass(frozen=True)
class Outcome:
    """One line of the page; `prepared` is None where the file is quarantined."""

    folder: str
    name: str
    what: str
    syntax: str
    code: str
    prepared: PreparedInstance | None
    geometry: str = ""


def sample_files(samples: Path | None) -> Iterator[tuple[str, Path]]:
    """Folder of the page and path of every file, in the order of the page."""
    if samples is not None:
        for path in sorted(samples.glob("*/*.dcm")):
            yield path.parent.name, path
    shipped = Path(pydicom.data.__file__).parent
    for path in sorted(one for one in shipped.rglob("*") if one.is_file()):
        if path.suffix not in (".py", ".pyc", ".md", ".txt") and path.parent != shipped:
            yield f"pydicom: {path.parent.relative_to(shipped).as_posix()}", path


def look(
    files: Iterator[tuple[str, Path]],
    sandbox: Sandbox,
    seen: Seen = lambda *_: None,
) -> list[Outcome]:
    """What becomes of each; files with the same bytes are read once."""
    known: dict[str, tuple[str, PreparedInstance | None]] = {}
    found: list[Outcome] = []
    for folder, path in files:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        if sha256 not in known:
            known[sha256] = _prepare(sandbox, path, seen)
        code, prepared = known[sha256]
        what, syntax = _stated(path)
        found.append(Outcome(folder, path.name, what, syntax, code, prepared))
    return _with_geometry(found)


def _prepare(sandbox: Sandbox, path: Path, seen: Seen) -> tuple[str, PreparedInstance | None]:
    out = Path(tempfile.mkdtemp(prefix="outcome-"))
    try:
        prepared = sandbox.prepare(path, out, PROFILE)
        seen(path, out, prepared)
    except Rejected as rejected:
        return str(rejected.code), None
    finally:
        shutil.rmtree(out)
    if prepared.suspicions:
        return f"held: {', '.join(prepared.suspicions)}", prepared
    return "accepted", prepared


def _stated(path: Path) -> tuple[str, str]:
    """The kind of object and the transfer syntax, by their names, as the file states them."""
    try:
        dataset = pydicom.dcmread(path, force=True, stop_before_pixels=True)
        what = UID(str(dataset.get("SOPClassUID") or dataset.file_meta.MediaStorageSOPClassUID))
        syntax = str(dataset.file_meta.get("TransferSyntaxUID", ""))
    except Exception:
        return "–", "–"
    names = [UID(one).name if re.fullmatch(r"[0-9.]+", one) else "–" for one in (what, syntax)]
    return names[0].removesuffix(" Storage"), names[1]


def _with_geometry(outcomes: list[Outcome]) -> list[Outcome]:
    series: dict[tuple[str, str], dict[str, PreparedInstance]] = defaultdict(dict)
    for one in outcomes:
        if one.prepared is not None:
            series[_series_of(one)][one.prepared.sop_instance_uid] = one.prepared
    return [
        one
        if one.prepared is None
        # of several files with one identity, this one
        else replace(
            one,
            geometry=_verdict(
                {**series[_series_of(one)], one.prepared.sop_instance_uid: one.prepared}
            ),
        )
        for one in outcomes
    ]


def _series_of(one: Outcome) -> tuple[str, str]:
    assert one.prepared is not None
    return one.folder.split("/")[0], one.prepared.series_uid


def _verdict(by_uid: dict[str, PreparedInstance]) -> str:
    images = list(by_uid.values())
    planes = [plane for one in images for plane in planes_of(one.dicom_json, is_lossy=one.is_lossy)]
    report = assess_geometry(planes, modality=str(images[0].series["modality"]))
    codes = ", ".join(sorted({str(finding.code) for finding in report.findings}))
    return f"{report.trust} ({codes})" if codes else str(report.trust)


def page(outcomes: list[Outcome], pictures: list[str]) -> str:
    """The whole page."""
    lines = [INTRODUCTION]
    folders: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        folders[one.folder].append(one)
    accepted = sum(one.prepared is not None for one in outcomes)
    lines.append(f"{len(outcomes)} files: {accepted} read, {len(outcomes) - accepted} refused.\n")
    for folder, members in folders.items():
        lines.append(f"## {folder}\n")
        lines.append(f"| {' | '.join(COLUMNS)} |")
        lines.append("|" + "---|" * len(COLUMNS))
        lines += [line_of(one) for one in members]
        lines.append("")
    lines.append("## Labelled pictures\n\n| folder | pictures | outcome |\n|---|---|---|")
    lines += pictures
    lines.append("\n## What the codes say\n\n| code | text |\n|---|---|")
    codes = sorted({one.code for one in outcomes if one.prepared is None})
    lines += [f"| `{code}` | {TEXTS[RejectionCode(code)]} |" for code in codes]
    return "\n".join(lines) + "\n"


def line_of(one: Outcome) -> str:
    """The line of one file."""
    prepared = one.prepared
    if prepared is None:
        cells = [one.name, one.what, f"`{one.code}`", one.syntax, "", "", ""]
    else:
        colour = " RGB" if prepared.samples_per_pixel == 3 else ""
        frames = f", {prepared.frame_count} frames" if prepared.frame_count > 1 else ""
        size = (
            f"{prepared.columns} × {prepared.rows}{frames}, {prepared.bits_allocated} bit{colour}"
        )
        served = "as stored" if prepared.frames_in == "file" else "normalised"
        cells = [one.name, one.what, one.code, one.syntax, size, served, one.geometry]
    return f"| {' | '.join(cells)} |"


def picture_lines(text: str) -> list[str]:
    """The lines of the labelled pictures of a page."""
    return [
        line
        for line in text.splitlines()
        if line.startswith(("| labelled-cxr ", "| labelled-cardiac-mr "))
    ]


def picture_files(samples: Path, folder: str) -> list[Path]:
    """All pictures of a labelled folder."""
    return sorted((samples / folder).rglob(f"*.{PICTURES[folder]}"))


def read_picture(sandbox: Sandbox, path: Path) -> str:
    """What becomes of one picture: written as DICOM as from any folder, then read like others."""
    facts: dict[str, Any] = {"patient_id": "p", "study_key": path.name, "modality": "CR"}
    with tempfile.TemporaryDirectory(prefix="outcome-") as scratch:
        try:
            (written,) = sandbox.convert(path, Path(scratch), **facts)
        except Rejected as rejected:
            return f"`{rejected.code}`"
        code, prepared = _prepare(sandbox, written, lambda *_: None)
    return code if prepared is not None else f"`{code}`"


def picture_line(folder: str, endings: list[str]) -> str:
    """How many pictures a folder holds and how many end in each way."""
    counts = {end: endings.count(end) for end in sorted(set(endings))}
    said = ", ".join(f"{count:,} {end}" for end, count in counts.items())
    return f"| {folder} | {len(endings):,} {PICTURES[folder].upper()} | {said} |"


def main() -> None:
    samples = Path(sys.argv[1])
    with Sandbox() as sandbox:
        outcomes = look(sample_files(samples), sandbox)
        if "--pictures" in sys.argv:
            lines = [
                picture_line(
                    folder, [read_picture(sandbox, one) for one in picture_files(samples, folder)]
                )
                for folder in PICTURES
            ]
        else:
            lines = picture_lines(PAGE.read_text())
    PAGE.write_text(page(outcomes, lines))


if __name__ == "__main__":
    main()
