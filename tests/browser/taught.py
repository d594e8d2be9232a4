"""A project whose model has learned: pictures with known classes, read through the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np

from collimate.demo.radiograph_dicom import to_dicom
from collimate.demo.radiographs import Radiograph, cohort
from tests.browser.clinic import CLASSES, Clinic, Person, Project, eventually, labels

KEYS = [name.lower() for name in CLASSES]


def marked_radiographs(number: int) -> dict[str, bytes]:
    """Small pictures of as many examinations, a bright spot where their class has its place.

    The row count, divided by five, leaves the number of the class.
    """
    files = {}
    for case in cohort(number):
        kind = KEYS.index(case.label_key)
        rows, columns = np.mgrid[0 : 240 + kind, 0:200]
        away = (rows - 40 - 40 * kind) ** 2 + (columns - 100) ** 2
        grey = 900 + 1500 * np.exp(-away / 800) + np.random.default_rng(case.seed).normal(
            0, 60, rows.shape
        )  # fmt: skip
        picture = Radiograph(
            grey.astype(np.uint16), case.label_key, None, None, ((0.0, 0.0), (1.0, 1.0))
        )
        files[f"chest/{case.number:03d}.dcm"] = to_dicom(case, picture)
    return files


@dataclass
class Taught:
    """The project, who reads in it, and what was answered."""

    project: Project
    reader: Person

    def truth(self, study_id: str) -> str:
        """The class drawn into a study."""
        study = self.project.lead.get(f"/studies/{study_id}")
        return KEYS[study["series"][0]["instances"][0]["rows"] % len(KEYS)]

    def read(self, count: int) -> None:
        """Claim, answer truly and submit, as the reading room does."""
        case: dict[str, Any] | None = None
        for _ in range(count):
            case = case or self.reader.post(f"{self.project.path}/claim-next", {})
            case = self._read_one(case)

    def claim_suggested(self) -> dict[str, Any]:
        """Read on until a case is held that the model says something about."""
        return self._claim(lambda case: case["suggestion"])

    def claim_asked_for(self) -> dict[str, Any]:
        """Read on until a case is held of which the learner says why it asks for it."""
        return self._claim(lambda case: case["reason"]["text"])

    def _claim(self, is_wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        case = self.reader.post(f"{self.project.path}/claim-next", {})
        while not is_wanted(case):
            case = self._read_one(case)
            assert case, "no such case is left"
        eventually(self.is_at_rest, seconds=60)
        return self.reader.get(f"/reads/{case['read']['id']}")

    def is_at_rest(self) -> bool:
        """No round is under way or waits, so what the model says of a case stays."""
        return is_at_rest(self.project)

    def _read_one(self, case: dict[str, Any]) -> dict[str, Any] | None:
        content = {"label_keys": [self.truth(case["study"]["id"])]}
        body = {"annotation_id": case["read"]["id"], "kind": "answer", "content": content}
        saved = self.reader.save(case["read"], active_ms=9000, **body)
        return self.reader.submit(case["read"], [saved["revision"]["id"]], active_ms=9000)

    def round_number(self) -> int:
        batch = self.project.lead.get(f"{self.project.path}/learning/queue")["batch"]
        return batch["round_number"] if batch else 0


def teach(clinic: Clinic, *, cases: int = 60, reads: int = 20) -> Taught:
    """Bring in images, wait for the first batch, read, and wait until it was learned from."""
    project = clinic.project("Chest with a learner", learns=True)
    rules = {"batch_size": 5, "holdout_share": 0.4, "evaluation_share": 0.5, "is_on": True}
    project.lead.patch(project.path, {"learning_rules": rules})
    taught = Taught(project, project.readers[0])
    project.bring_in(marked_radiographs(cases))
    eventually(lambda: taught.round_number() and taught.is_at_rest(), seconds=180)
    taught.read(reads)
    eventually(lambda: _is_measured(project), seconds=60)
    return taught


def is_at_rest(project: Project) -> bool:
    """Every study is looked at by the encoder, and no round is under way or waits."""
    return not any(
        project.lead.get(f"{project.path}/jobs", state=state)["items"]
        for state in ("queued", "running")
    )


def _is_measured(project: Project) -> bool:
    page = project.lead.get(f"{project.path}/learning")
    return bool(page["curve"]["strategy"]) and page["model"] is not None


def learn_by_image(project: Project, *, cases: int = 12) -> dict[str, Any]:
    """Ask yes or no of every image, answer some, and hold a case the model says something about.

    Every other answer is yes, whatever the image shows: it is learned from all the same.
    """
    lead, reader = project.lead, project.readers[0]
    asked = {"name": "Low spot", "kind": "yes_no", "scope": "image"}
    schema = {"question": "What is the main finding?", "answer_mode": "single"}
    lead.post(f"{project.path}/label-schema", {**schema, "labels": labels(), "attributes": [asked]})
    rules = {"predicts": "low_spot", "batch_size": 5, "holdout_share": 0.05, "evaluation_share": 0}
    lead.patch(project.path, {"learning_rules": {**rules, "is_on": True}})
    project.bring_in(marked_radiographs(cases))
    # a model speaks only of images that the encoder had looked at when it was fitted
    queue = f"{project.path}/learning/queue"
    eventually(lambda: lead.get(queue)["batch"] and is_at_rest(project), seconds=180)
    case, said = reader.post(f"{project.path}/claim-next", {}), "yes"
    # of a case that measures the model its reader is told nothing: then the next one is taken
    while not case["unit_suggestions"]:
        following = _say_of_image(project, case, said)["read"]["id"]
        eventually(lambda: is_at_rest(project), seconds=60)
        case = reader.get(f"/reads/{following}")
        said = "no" if said == "yes" else "yes"
    return dict(case)


def _say_of_image(project: Project, case: dict[str, Any], said: str) -> dict[str, Any]:
    """Answer the case and of its only image, hand it in; answers the next one."""
    reader = project.readers[0]
    (series,) = reader.get(f"/studies/{case['study']['id']}")["series"]
    (image,) = series["instances"]
    about = {"scope": "image", "target": image["sop_instance_uid"], "values": {"low_spot": said}}
    revisions = [
        reader.save(case["read"], annotation_id=id_, kind=kind, content=content)["revision"]["id"]
        for id_, kind, content in (
            (case["read"]["id"], "answer", {"label_keys": ["normal"]}),
            (str(uuid4()), "attributes", about),
        )
    ]
    following = reader.submit(case["read"], revisions, active_ms=9000)
    assert following, "no such case is left"
    return dict(following)
