"""Real files from many makers go through the whole station: accepted and served, or a reason."""

from collections import Counter
from pathlib import Path

from collimate.kit.database import open_session
from collimate.projects.models import Project
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance
from tests.dicom.test_samples import expected_ending
from tests.studies.test_dicomweb import address_of

LONG_SERIES = {"ct-chest-volume": 16, "mr-prostate-adc": 5}
"""Slices of one kind: of so many, one (tests/dicom/test_samples.py looks at every file)."""


def a_few_of_each(folder: Path) -> list[Path]:
    """Every sample, but of long series a few slices."""
    found = []
    for kind in sorted(path for path in folder.iterdir() if path.is_dir()):
        found += sorted(kind.glob("*.dcm"))[:: LONG_SERIES.get(kind.name, 1)]
    return found


def test_every_kind_of_sample_file_is_served_or_quarantined_with_the_right_reason(
    archive, client, sample_folder, capsys
):
    with open_session() as session:
        session.get_one(Project, archive.project.id).deidentification = {"hold_suspected": False}
    names = {}
    for path in a_few_of_each(sample_folder):
        name = path.relative_to(sample_folder).as_posix()
        names[archive.send(path.read_bytes(), name)] = name
    ingest_waiting(archive.project.id)
    ends = {}
    for file in archive.files():
        ends[names[file.id]] = "ok" if file.state in ("accepted", "duplicate") else file.code
    conflicts = sorted(name for name, end in ends.items() if end == "conflict")
    with capsys.disabled():
        print(f"\n{len(ends)} sample files: {dict(Counter(ends.values()))}")
        print(f"same identity, other bytes: {conflicts}")
    assert len(ends) > 120
    wrong = {
        name: end
        for name, end in ends.items()
        if end != expected_ending(name)
        and not (end == "conflict" and expected_ending(name) == "ok")
    }
    assert not wrong
    browser = client(archive.owner)
    for instance in archive.rows(Instance):
        address = address_of(archive, instance)
        frame = browser.get(
            f"{address}/frames/{instance.frame_count}",
            headers={"accept": "application/octet-stream"},
        )
        length = instance.rows * instance.columns * instance.samples_per_pixel
        assert len(frame.content) == length * instance.bits_allocated // 8
        assert browser.get(f"{address}/thumbnail").content[:2] == b"\xff\xd8"
