"""The demo workspace: whole, played through the real verbs, built once, resumed when cut off."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.demo.working import real_workers

from collimate.access import audit, passwords
from collimate.access.models import User
from collimate.annotations.models import AnnotationRevision, Submission
from collimate.demo import people, workspace
from collimate.demo.folder_source import from_folder
from collimate.demo.radiograph_dicom import PLANTED
from collimate.demo.synthetic_source import synthetic
from collimate.kit.settings import settings
from collimate.learning.models import QueryPick, TrainingRun
from collimate.projects import schema
from collimate.projects.models import Member, Project
from collimate.studies.imports.label_table import TableUnusable
from collimate.studies.models import AnswerKey, Instance, ReceivedFile, Study
from collimate.tasks.models import Read, Task

CASES = 36
FEW = 16


@pytest.fixture(params=[FEW])
def small(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, database: str
) -> Iterator[None]:
    monkeypatch.setenv("COLLIMATE_DEMO_CASES", str(request.param))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def count(session: Session, kind: type) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.mark.parametrize("small", [CASES], indirect=True)
def test_the_demo_shows_the_whole_loop_and_is_built_once(small: None, session: Session) -> None:
    said: list[str] = []
    begun = workspace.begin(synthetic())
    assert begun.password is not None
    assert not begun.is_built
    assert workspace.fill(begun, synthetic(), say=said.append, advance=real_workers())
    assert said

    project = session.get_one(Project, begun.project_id)
    assert project.is_demo
    assert count(session, Study) == count(session, Instance) == count(session, Task) == CASES
    assert count(session, AnswerKey) == CASES
    assert not session.scalars(
        select(ReceivedFile).where(ReceivedFile.state.not_in(["accepted"]))
    ).all()
    assert {s.site for s in session.scalars(select(Study))} <= {
        "North", "Harbour", "Hill", "Mobile unit",
    }  # fmt: skip
    assert count(session, Submission) == CASES // 2 * 2 // 3
    assert session.scalar(select(func.count()).where(Read.state == "draft")) == 1
    marks = [s.content["marks"] for s in session.scalars(select(Submission))]
    assert any(marks)
    for instance in session.scalars(select(Instance)):
        text = str(instance.dicom_json) + str(instance.removed)
        assert not [planted for planted in PLANTED if planted in text]
    assert count(session, TrainingRun) >= 1
    assert count(session, QueryPick) >= 1
    roles = dict(
        session.execute(
            select(User.email, Member.role).join(Member, Member.user_id == User.id)
        ).all()
    )
    assert roles == {email: role for email, _, role in people.PEOPLE}
    user = session.scalars(select(User).where(User.email == people.ADMIN)).one()
    assert passwords.matches(begun.password, user.password_hash)
    assert audit.verify(session).is_intact

    before = {kind: count(session, kind) for kind in (Study, Submission, AnnotationRevision, User)}
    again = workspace.begin(synthetic())
    assert again == workspace.Workspace(begun.project_id, None, True)
    assert before == {kind: count(session, kind) for kind in before}


def test_a_half_built_demo_is_finished_at_the_next_start(small: None, session: Session) -> None:
    class CutOff(Exception):
        pass

    def stop(stage: str) -> None:
        if stage.startswith("playing"):
            raise CutOff

    begun = workspace.begin(synthetic())
    with pytest.raises(CutOff):
        workspace.fill(begun, synthetic(), say=stop, advance=real_workers())
    assert count(session, Study) == FEW // 2
    again = workspace.begin(synthetic())
    assert again.project_id == begun.project_id
    assert not again.is_built
    assert workspace.fill(again, synthetic(), say=lambda stage: None, advance=real_workers())
    session.expire_all()
    assert count(session, Study) == FEW
    assert workspace.begin(synthetic()).is_built


def test_the_given_password_is_used(
    small: None, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLLIMATE_DEMO_PASSWORD", "quiet-lungs-breathe-9")
    settings.cache_clear()
    begun = workspace.begin(synthetic())
    assert begun.password == "quiet-lungs-breathe-9"
    user = session.scalars(select(User).where(User.email == people.READERS[0])).one()
    assert passwords.matches("quiet-lungs-breathe-9", user.password_hash)


def test_real_images_make_the_same_workspace(session: Session, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    rows = ["path,label,group,split"]
    for number in range(12):
        values = rng.integers(0, 255, (48, 40), dtype=np.uint8)
        Image.fromarray(values).save(tmp_path / f"{number}.jpeg")
        label = ("normal", "bacteria", "virus")[number % 3]
        split = "test" if number >= 9 else "pool"
        rows.append(f"{number}.jpeg,{label},g{number},{split}")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    source = from_folder(tmp_path)
    begun = workspace.begin(source)
    assert workspace.fill(begun, source, say=lambda stage: None, advance=real_workers())
    project = session.get_one(Project, begun.project_id)
    assert project.is_demo
    assert project.name.endswith(tmp_path.name)
    assert count(session, Study) == count(session, AnswerKey) == 12
    assert count(session, Submission) == 8
    labels = schema.labels_of(session, schema.current_schema(session, project.id).id)
    assert [label.key for label in labels if label.kind == "class"] == [
        "normal", "bacteria", "virus",
    ]  # fmt: skip
    assert [label.hotkey for label in labels[:3]] == ["1", "2", "3"]
    assert workspace.begin(source).is_built


def test_a_folder_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableUnusable, match=r"no labels\.csv"):
        from_folder(tmp_path)
