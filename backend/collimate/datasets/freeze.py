"""Freezing: a named, immutable set of accepted reads, split by patient, under one hash."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.annotations.canonical import sha256_of
from collimate.datasets.auto_accepted import (
    Accepted,
    choose_accepted,
    entry_row,
)
from collimate.datasets.earlier import earlier_splits, split_for
from collimate.datasets.manifest import Chosen, cohort_json, manifest_of
from collimate.datasets.models import DatasetEntry, DatasetVersion
from collimate.datasets.splits import SPLITS, SplitShares
from collimate.jobs import events
from collimate.kit.errors import Conflict
from collimate.projects import schema
from collimate.projects.models import Project
from collimate.reviews.accepted import accepted_submissions
from collimate.studies.cohorts import keep as cohorts
from collimate.studies.models import Study


class NothingAccepted(Conflict):
    """No read counts yet, so there is nothing to freeze."""


class NameTaken(Conflict):
    """A dataset of this name exists already."""


@dataclass(frozen=True)
class Wanted:
    """What goes into a version: of a cohort only, excluded cases too, or what a model answered."""

    includes_excluded: bool = False
    includes_auto_accepted: bool = False
    cohort_id: UUID | None = None


def choose(
    session: Session,
    project: Project,
    shares: SplitShares,
    wanted: Wanted | None = None,
) -> list[Chosen]:
    """Every submission that counts now, with its split. All of a patient goes to one split.

    A patient an earlier version of any project put somewhere stays there, whatever the shares
    are now; only the hold-out goes before that.

    Raises:
        SplitSharesWrong, CohortNotFound
    """
    shares.check()
    wanted = wanted or Wanted()
    query = accepted_submissions(project, includes_excluded=wanted.includes_excluded)
    if wanted.cohort_id is not None:
        cohort = cohorts.of_project(session, project, wanted.cohort_id)
        query = query.where(Study.id.in_(cohorts.studies_of(cohort)))
    rows = session.execute(query).all()
    earlier = earlier_splits(session, {patient.keyed_hash for *_, patient in rows})
    return [
        Chosen(submission, read, study, patient, split_for(patient, earlier, shares))
        for submission, read, study, patient in rows
    ]


def accepted_of(
    session: Session, project: Project, shares: SplitShares, wanted: Wanted
) -> list[Accepted]:
    """What a model answered by itself, where that is wanted."""
    if not wanted.includes_auto_accepted:
        return []
    return choose_accepted(session, project, shares, wanted.cohort_id)


def counts_of(chosen: list[Chosen], accepted: Sequence[Accepted] = ()) -> dict[str, Any]:
    """Studies per split, in all, patients, and studies per label and split: of readers only.

    What a model answered is one number beside them.
    """
    studies: dict[str, set[UUID]] = defaultdict(set)
    by_label: dict[str, dict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for one in chosen:
        studies[one.split].add(one.study.id)
        for key in said_keys(one.submission.content):
            by_label[key][one.split].add(one.study.id)
    return {
        **{split: len(studies[split]) for split in SPLITS},
        "studies": len(set().union(*studies.values())) if studies else 0,
        "patients": len({one.patient.keyed_hash for one in chosen}),
        "reads": len(chosen),
        "auto_accepted": len(accepted),
        "excluded": len({one.study.id for one in chosen if one.submission.exclusion}),
        "by_label": {
            key: {split: len(found[split]) for split in SPLITS}
            for key, found in sorted(by_label.items())
        },
    }


def said_keys(content: dict[str, Any]) -> list[str]:
    """Keys of every label a submission uses, answers first, each once."""
    answer = content.get("answer") or {"label_keys": []}
    drawn = [*content.get("marks", []), *content.get("segments", [])]
    marked = [mark["label_key"] for mark in drawn]
    return list(dict.fromkeys([*answer["label_keys"], *marked]))


def freeze(
    session: Session,
    by: UUID,
    project: Project,
    *,
    name: str,
    note: str,
    shares: SplitShares,
    wanted: Wanted | None = None,
) -> DatasetVersion:
    """Freeze what counts now under a name, all of it or that of a cohort.

    Excluded cases, and those that a model answered by itself, are in it only where they are asked
    for.

    Raises:
        NameTaken, NothingAccepted, SplitSharesWrong, CohortNotFound
    """
    name = name.strip()
    session.execute(
        select(Project.id).where(Project.id == project.id).with_for_update(key_share=True)
    )
    is_taken = select(DatasetVersion.id).where(
        DatasetVersion.project_id == project.id, DatasetVersion.name == name
    )
    if session.scalars(is_taken).first() is not None:
        raise NameTaken("Choose another name; a dataset is never overwritten.")
    wanted = wanted or Wanted()
    chosen = choose(session, project, shares, wanted)
    if not chosen:
        raise NothingAccepted("Submit, and where required accept, at least one read first.")
    accepted = accepted_of(session, project, shares, wanted)
    counts = counts_of(chosen, accepted)
    manifest = manifest_of(session, project, name, shares, counts, [*chosen, *accepted])
    if wanted.cohort_id is not None:
        manifest["cohort"] = cohort_json(cohorts.of_project(session, project, wanted.cohort_id))
    version = DatasetVersion(
        project_id=project.id,
        name=name,
        note=note.strip(),
        label_schema_id=schema.current_schema(session, project.id).id,
        split_shares=asdict(shares),
        counts=counts,
        manifest=manifest,
        manifest_sha256=sha256_of(manifest),
        frozen_by=by,
    )
    session.add(version)
    session.flush()
    session.execute(insert(DatasetEntry), [_entry_row(version.id, one) for one in chosen])
    if accepted:
        session.execute(insert(DatasetEntry), [entry_row(version.id, one) for one in accepted])
    events.publish(session, "dataset", project.id, dataset_id=version.id)
    audit.record(
        session, by, "dataset_frozen", "dataset_version", version.id,
        project_id=project.id, manifest_sha256=version.manifest_sha256,
    )  # fmt: skip
    return version


def _entry_row(version_id: UUID, one: Chosen) -> dict[str, Any]:
    return {
        "dataset_version_id": version_id,
        "submission_id": one.submission.id,
        "study_id": one.study.id,
        "patient_id": one.patient.id,
        "split": one.split,
    }
