"""The commands a person types, run as they are."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests import factories
from tests.learning.weights import own_weights
from tests.ml import segmenters
from typer.testing import CliRunner

from collimate.access.models import User
from collimate.access.sign_in import by_token
from collimate.cli import commands
from collimate.cli.doctor import examine
from collimate.kit.errors import Problem
from collimate.learning.models import Encoder
from collimate.projects.models import Project
from collimate.prompts.models import SegmenterFile
from collimate.studies.models import AnswerKey, Study
from collimate.studies.texts.write import current_text

RUNNER = CliRunner()


def run(*arguments: str, given: str | None = None, code: int = 0) -> str:
    result = RUNNER.invoke(commands, arguments, input=given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_an_encoder_is_given_from_a_file_and_a_pickle_is_refused_in_words(
    session: Session, tmp_path: Path
) -> None:
    project = factories.make_project(session)
    run("user", "add", "chief@clinic.example", "--admin")
    session.commit()
    weights = tmp_path / "encoder.safetensors"
    weights.write_bytes(own_weights())
    given = run("encoder", "give", project.name, str(weights)).strip()
    assert session.get_one(Encoder, UUID(given)).project_id == project.id
    weights.write_bytes(pickle.dumps({"weights": 1}))
    with pytest.raises(Problem, match="pickle"):
        run("encoder", "give", project.name, str(weights))


def test_a_segmenter_is_given_as_published_shown_and_withdrawn(
    session: Session, tmp_path: Path
) -> None:
    run("user", "add", "chief@clinic.example", "--admin")
    said = segmenters.checkpoint(segmenters.copying(segmenters.POINT).state_dict())
    folder = segmenters.publish(tmp_path / "published", said)
    sha256 = run("segmenter", "give", str(folder)).strip()
    assert sha256 in run("segmenter", "show").replace("\n", "")
    (folder / "plans.json").unlink()
    with pytest.raises(Problem, match=r"no plans\.json"):
        run("segmenter", "give", str(folder))
    assert sha256 in run("segmenter", "show").replace("\n", "")
    run("segmenter", "withdraw")
    assert "None was given" in run("segmenter", "show")


def test_accounts_are_made_listed_changed_and_closed(session: Session) -> None:
    generated = run("user", "add", "chief@clinic.example", "--admin", "--name", "Chief").strip()
    assert len(generated) >= 12
    run("user", "add", "r@clinic.example", "--password-stdin", given="seven quiet lungs\n")
    listed = run("user", "list")
    assert "chief@clinic.example" in listed
    assert "r@clinic.example" in listed
    secret = run("user", "token", "r@clinic.example").strip()
    reader = session.scalars(select(User).where(User.email == "r@clinic.example")).one()
    assert by_token(session, secret).user.id == reader.id
    before = reader.password_hash
    assert run("user", "password", "r@clinic.example").strip()
    run("user", "deactivate", "r@clinic.example")
    session.expire_all()
    assert reader.password_hash != before
    assert not reader.is_active


def test_an_account_that_exists_is_refused(session: Session) -> None:
    run("user", "add", "chief@clinic.example", "--admin")
    with pytest.raises(Problem, match="another address"):
        run("user", "add", "chief@clinic.example")


def test_import_makes_the_project_and_keeps_labels_hidden(session: Session, tmp_path: Path) -> None:
    run("user", "add", "chief@clinic.example", "--admin")
    rows = ["file,class,person"]
    for number in range(3):
        Image.new("L", (24, 20), 40 + 60 * number).save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,{'ill' if number else 'well'},p{number}")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    arguments = (
        "import", str(tmp_path), "--project", "From the command line", "--labels", "labels.csv",
        "--path-column", "file", "--label-column", "class", "--patient-column", "person",
        "--create-for", "chief@clinic.example",
    )  # fmt: skip
    said = run(*arguments)
    project = session.scalars(select(Project)).one()
    assert project.name == "From the command line"
    assert session.scalar(select(func.count()).select_from(AnswerKey)) == session.scalar(
        select(func.count()).select_from(Study)
    )
    assert "accepted" in said or "quarantined" in said
    again = run(*arguments)
    assert "here already" in again


def test_import_into_a_project_that_is_not_there_lists_those_that_are(session: Session) -> None:
    factories.make_project(session, name="Knees")
    session.commit()
    with pytest.raises(Problem, match="Knees"):
        run("import", ".", "--project", "Elbows")


def test_the_audit_chain_is_walked(session: Session) -> None:
    run("user", "add", "chief@clinic.example", "--admin")
    assert "Intact: 1 events" in run("audit", "verify")


def test_doctor_looks_at_everything_and_says_what_to_do(session: Session) -> None:
    user = factories.make_user(session)
    lost = SegmenterFile(weights_sha256="ab" * 32, source_sha256="cd" * 32, given_by=user.id)
    session.add(lost)
    session.commit()
    findings = {finding.what: finding for finding in examine()}
    assert {"versions", "data folder", "pages", "GPU", "web", "database", "schema", "blobs"} <= set(
        findings
    )
    assert findings["schema"].state == "ok"
    assert findings["blobs"].state == "ok"
    assert findings["web"].remedy
    assert "nninteractive abababababab" in findings["segmenter"].found
    assert "weights are missing" in findings["segmenter"].found
    assert all(finding.remedy for finding in findings.values() if finding.state == "bad")


def test_replay_wants_a_project_or_a_folder(database: str) -> None:
    assert RUNNER.invoke(commands, ["replay"]).exit_code == 2


def test_a_folder_of_pictures_is_replayed_without_a_database(tmp_path: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(1)
    rows = ["path,label,group,split"]
    for number in range(60):
        side = number % 2
        values = np.full((40, 40), rng.integers(20, 80), dtype=np.uint8)
        values[rng.integers(0, 9) : 32, 20 * side : 20 * side + 20] += 120
        Image.fromarray(values).save(tmp_path / f"{number}.png")
        split = "test" if number >= 40 else "pool"
        rows.append(f"{number}.png,{'left' if side == 0 else 'right'},g{number},{split}")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    run(
        "replay", "--images", str(tmp_path), "--patient-column", "group", "--split-column", "split",
        "--seeds", "2", "--batch", "5", "--cap", "20", "--json", str(tmp_path / "out.json"),
        "--plot", str(tmp_path / "out.png"),
    )  # fmt: skip
    kept = json.loads((tmp_path / "out.json").read_text())
    assert (kept["pool_count"], kept["holdout_count"]) == (40, 20)
    assert kept["full_data_score"] > 0.9
    assert [item["strategy"] for item in kept["strategies"]] == ["rare_aware_herding", "random"]
    assert (tmp_path / "out.png").stat().st_size > 1000


def test_the_command_line_never_loads_torch() -> None:
    code = "import sys, collimate.cli; print('torch' in sys.modules, 'pydicom' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert said[0] == "False"


def test_a_refusal_is_a_sentence_not_a_trace(database: str) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", "from collimate.cli import app; app()", "user", "token", "n@x.y"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.returncode == 1
    assert "There is no such account" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_openapi_is_printed_whole() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", "from collimate.cli import app; app()", "openapi"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "/api/session" in json.loads(asked.stdout)["paths"]


def test_texts_come_from_a_table_and_rows_that_may_name_somebody_stay_out(
    session: Session, tmp_path: Path
) -> None:
    run("user", "add", "chief@clinic.example", "--admin")
    project = factories.make_project(session)
    good, named = (factories.make_study(session, project=project) for _ in range(2))
    session.commit()
    table = tmp_path / "texts.csv"
    rows = f"{good.study_uid},Cough. Pneumonia?\n{named.study_uid},Seen on 12.03.2024\n"
    table.write_text(f"study_uid,text\n{rows}")
    order = ("texts", str(table), "--project", project.name)
    unvouched = RUNNER.invoke(commands, order)
    assert (unvouched.exit_code, "--deidentified" in unvouched.output) == (2, True)
    said = RUNNER.invoke(commands, [*order, "--deidentified"])
    assert said.exit_code == 0, said.output
    assert "Row 3 was left out: a date in line 1." in said.output
    assert "12.03.2024" not in said.output
    written = current_text(session, good.id)
    assert written is not None
    assert written.text == "Cough. Pneumonia?"
    assert current_text(session, named.id) is None
