"""People, projects and images for the browser tests, made through the public API."""

import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from collimate.demo.radiograph_dicom import to_dicom
from collimate.demo.radiographs import Case, cohort, draw

PASSWORD = "browser-reading-room-1"
CLASSES = ("Normal", "Pneumonia", "Effusion", "Nodule", "Pneumothorax")
# nobody here speaks TLS, and reading all certificates takes longer than signing in
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_number = count(1)
Found = TypeVar("Found")
LetIn = Callable[[str], str]
"""Open a session for an e-mail address; answers what its cookie holds. A password costs a tenth of
a second of the processor each time, as it should; tests/browser/test_signing_in.py types it.
"""
COOKIE = "collimate_session"


def eventually(look: Callable[[], Found], *, seconds: float = 30) -> Found:
    """Look again until something true is seen; answers it."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not seen within {seconds} s"
        time.sleep(0.1)


@dataclass
class Person:
    """An account and its own way to the API."""

    address: str
    email: str
    name: str
    id: str = ""
    let_in: LetIn | None = None
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.address, timeout=30, verify=NO_TLS)
        if self.let_in is None:
            body = {"email": self.email, "password": PASSWORD}
            opened = _good(self.http.post("/api/session", json=body))
        else:
            self.http.cookies.set(COOKIE, self.let_in(self.email))
            opened = _good(self.http.get("/api/session"))
        self.http.headers["X-CSRF-Token"] = opened["csrf_token"]
        self.id = opened["user"]["id"]

    def get(self, path: str, **query: Any) -> Any:
        return _good(self.http.get(f"/api{path}", params=query))

    def post(self, path: str, body: Any = None) -> Any:
        return _good(self.http.post(f"/api{path}", json=body))

    def put(self, path: str, body: Any) -> Any:
        return _good(self.http.put(f"/api{path}", json=body))

    def patch(self, path: str, body: Any) -> Any:
        return _good(self.http.patch(f"/api{path}", json=body))

    def save(self, read: dict[str, Any], **body: Any) -> Any:
        """A revision of an annotation, as another window of this person would send it."""
        values = {"parent_id": None, "is_deleted": False, "active_ms": 0, "fence": read["fence"]}
        return self._keyed(f"/reads/{read['id']}/annotations", values | body)

    def submit(self, read: dict[str, Any], revision_ids: list[str], *, active_ms: int) -> Any:
        """Hand the read in; answers the case that comes next, if any."""
        body = {"fence": read["fence"], "active_ms": active_ms, "revision_ids": revision_ids}
        return self._keyed(f"/reads/{read['id']}/submit", body)["next"]

    def _keyed(self, path: str, body: dict[str, Any]) -> Any:
        key = {"Idempotency-Key": str(uuid4())}
        return _good(self.http.post(f"/api{path}", json=body, headers=key))


def _good(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.url}: {answer.text}"
    return answer.json() if answer.content else None


def labels(classes: Iterable[str] = CLASSES) -> list[dict[str, Any]]:
    """Classes on the digits, and one label for each kind of mark."""
    colours = ("#009e73", "#e69f00", "#56b4e9", "#f0e442", "#cc79a7")
    made: list[dict[str, Any]] = [
        {"name": name, "kind": "class", "colour": colours[index % 5], "hotkey": str(index + 1)}
        for index, name in enumerate(classes)
    ]
    marks = {"Opacity": "box", "Lesion outline": "polygon", "Heart width": "length"}
    return made + [
        {"name": name, "kind": kind, "colour": "#d55e00", "hotkey": None}
        for name, kind in marks.items()
    ]


@dataclass
class Project:
    """A project with the people that work in it; `lead` may do everything."""

    id: str
    name: str
    lead: Person
    readers: list[Person] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/projects/{self.id}"

    def bring_in(self, files: dict[str, bytes], *, seconds: float = 60) -> list[dict[str, Any]]:
        """Hand files in and wait until each has found its place; answers the received files."""
        for name, content in files.items():
            answer = self.lead.http.post(
                f"/api{self.path}/files", params={"name": name}, content=content
            )
            assert answer.is_success, answer.text
        eventually(self.is_settled, seconds=seconds)
        return list(self.lead.get(f"{self.path}/files", limit=100)["items"])

    def is_settled(self) -> bool:
        """Whether every file handed in has found its place."""
        counts = self.lead.get(f"{self.path}/files")["counts"]
        if counts.get("received", 0) or not counts:
            return False
        # the worker opens tasks at the end of the same job
        jobs = self.lead.get(f"{self.path}/jobs")["items"]
        return all(job["finished_at"] for job in jobs if job["kind"] == "ingest_received")

    def reads_of(self, reader: Person) -> list[dict[str, Any]]:
        """Every read of the reader as the server has it, submitted ones first to last."""
        rows = reader.get(f"{self.path}/worklist")["mine"]
        reads = [reader.get(f"/reads/{row['id']}") for row in rows]
        return sorted(reads, key=lambda one: one["read"]["submitted_at"] or "")


@dataclass
class Clinic:
    """The running installation."""

    address: str
    admin: Person
    let_in: LetIn | None = None

    def person(self, name: str = "Reader") -> Person:
        email = f"person{next(_number)}@clinic.example"
        self.admin.post("/users", {"email": email, "name": name, "password": PASSWORD})
        return Person(self.address, email, name, let_in=self.let_in)

    def project(
        self, name: str = "Chest", *, readers: int = 1, learns: bool = False, **rules: Any
    ) -> Project:
        """A project with people and labels; without learning, cases come as they arrived."""
        lead = self.person("Lead Radiologist")
        made = self.admin.post("/projects", {"name": name, "purpose": "Browser tests"})
        project = Project(made["id"], name, lead)
        self.join(project, lead, "project_admin")
        for number in range(readers):
            reader = self.person(f"Reader {number + 1}")
            self.join(project, reader, "reader")
            project.readers.append(reader)
        schema = {"question": "What is the main finding?", "answer_mode": "single"}
        lead.post(f"{project.path}/label-schema", {**schema, "labels": labels()})
        lead.patch(
            project.path,
            {"reading_rules": rules, "learning_rules": {"is_on": learns, "batch_size": 5}},
        )
        return project

    def join(self, project: Project, person: Person, role: str) -> None:
        self.admin.put(f"{project.path}/members", {"email": person.email, "role": role})


def radiographs(number: int, *, seed: int = 7) -> dict[str, bytes]:
    """Computed chest radiographs of as many patients, as DICOM files by name."""
    return {f"chest/{case.number:03d}.dcm": _drawn(case) for case in cohort(number, seed=seed)}


@cache
def _drawn(case: Case) -> bytes:
    """Drawing takes longer than the whole way through the product, so each is drawn once."""
    return to_dicom(case, draw(case))
