"""Label schemas: what is designed is kept, what was read by never changes."""

import pytest

from collimate.projects import schema
from collimate.projects.schema import LabelDraft, SchemaUnusable
from tests.factories import make_member, make_project, make_schema, make_submission

TWO = [
    LabelDraft(name="Normal", kind="class", colour="#e69f00", hotkey="1"),
    LabelDraft(name="Pneumonia", kind="class", colour="#56b4e9", hotkey="2"),
]


def design(session, project, labels, mode="single"):
    return schema.design(
        session, None, project, question="What is it?", answer_mode=mode, labels=labels
    )


def test_an_unused_version_is_edited_and_a_used_one_begets_the_next(session):
    project = make_project(session)
    first = design(session, project, TWO)
    assert design(session, project, TWO[:1], mode="multi").id == first.id
    first = design(session, project, TWO)
    reader = make_member(session, project=project)
    make_submission(session, project=project, reader=reader, schema=first, label_keys=["normal"])
    second = design(session, project, [*TWO, LabelDraft("Nodule", "class", "#009e73")])
    assert (second.version, second.id != first.id) == (2, True)
    assert [label.key for label in schema.labels_of(session, first.id)] == ["normal", "pneumonia"]
    assert schema.current_schema(session, project.id).id == second.id


UNUSABLE = {
    "no labels": ([], "single"),
    "one class for a single answer": (TWO[:1], "single"),
    "same name": ([TWO[0], TWO[0]], "single"),
    "same hotkey": ([TWO[0], LabelDraft("Other", "class", "#009e73", hotkey="1")], "single"),
    "bad colour": ([TWO[0], LabelDraft("Other", "class", "red")], "single"),
    "unknown kind": ([*TWO, LabelDraft("Other", "blob", "#009e73")], "single"),
    "name without letters": ([*TWO, LabelDraft("!!!", "class", "#009e73")], "single"),
    "long hotkey": ([*TWO, LabelDraft("Other", "class", "#009e73", hotkey="F1")], "single"),
    "half a code": ([*TWO, LabelDraft("Other", "class", "#009e73", code_value="1")], "single"),
    "unknown mode": (TWO, "many"),
}


@pytest.mark.parametrize("why", UNUSABLE, ids=lambda why: why.replace(" ", "_"))
def test_a_schema_that_cannot_work_is_refused(session, why):
    labels, mode = UNUSABLE[why]
    with pytest.raises(SchemaUnusable):
        design(session, make_project(session), labels, mode)


def test_schemas_of_other_projects_do_not_exist(session, client):
    mine, other = make_project(session), make_project(session)
    theirs = make_schema(session, project=other)
    reader = make_member(session, project=mine)
    session.commit()
    assert client(reader).get(f"/api/label-schemas/{theirs.id}").status_code == 404
