"""One warm sandbox for all tests of the library, and a short way to put bytes through it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from collimate.dicom.frames import frame_array
from collimate.dicom.prepared import PreparedInstance, frame_facts
from collimate.dicom.profile import Profile
from collimate.dicom.sandbox import Sandbox

PROFILE = Profile(project_key=b"p" * 32, instance_key=b"i" * 32)


@dataclass(frozen=True)
class Outcome:
    """What preparing one file gave."""

    prepared: PreparedInstance
    out: Path

    def frame_bytes(self, index: int = 0) -> bytes:
        name = "instance.dcm" if self.prepared.frames_in == "file" else "frames.raw"
        offset, length = self.prepared.frame_ranges[index]
        with (self.out / name).open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def frame(self, index: int = 0) -> np.ndarray:
        facts = frame_facts(self.prepared.dicom_json, index)
        return frame_array(
            self.frame_bytes(index),
            rows=facts.rows,
            columns=facts.columns,
            samples=facts.samples_per_pixel,
            bits_allocated=facts.bits_allocated,
            signed=facts.signed,
        )

    def frames(self) -> np.ndarray:
        return np.stack([self.frame(index) for index in range(self.prepared.frame_count)])


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


@pytest.fixture(scope="session")
def prepare_file(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Outcome]:
    def run(source: Path, profile: Profile = PROFILE) -> Outcome:
        out = tmp_path_factory.mktemp("out")
        return Outcome(sandbox.prepare(source, out, profile), out)

    return run


@pytest.fixture(scope="session")
def prepare(
    prepare_file: Callable[..., Outcome], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Outcome]:
    folder = tmp_path_factory.mktemp("received")

    def run(data: bytes, profile: Profile = PROFILE) -> Outcome:
        source = folder / "received.dcm"
        source.write_bytes(data)
        return prepare_file(source, profile)

    return run
