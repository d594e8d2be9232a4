"""Background entry points of learning; only the ML worker imports them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.run import Handler, JobFailed, JobRun
from collimate.learning import encoders, gate, rounds, teach
from collimate.learning.ask import ask_to_check_maps, for_embedding, learn_anew
from collimate.learning.auto_accept import stop, switch, watch
from collimate.learning.auto_accept.accept import accept_clear
from collimate.learning.due import newest_batch, next_round_in
from collimate.learning.explanations import ALL_CLASSES
from collimate.learning.gpu import check_maps, explain, learn, look, train, tune
from collimate.learning.gpu.embed import embed_missing
from collimate.learning.hunts import search
from collimate.learning.models import QueryBatch
from collimate.ml.explain import Method
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules


def embed_studies(run: JobRun) -> dict[str, Any]:
    """Look at new studies with every encoder that serves or may; then order the first queue."""
    project_id = _project_id(run)
    with run.open_session() as session:
        encoders.scattering_encoder(session, project_id)
        waiting = gate.candidate(session, project_id)
        serving = [row.id for row in encoders.current_encoders(session, project_id)]
        serving += [] if waiting is None else [waiting.id]
    for place, encoder_id in enumerate(serving):
        progress = _share(run, place, len(serving))
        if not embed_missing(run, encoder_id, progress, may_pause=True):
            with run.open_session() as session:
                for_embedding(session, project_id)
            return {"paused": 1}
    with run.open_session() as session:
        batch = newest_batch(session, project_id)
        if batch is None:
            _ask(session, JobKind.RUN_ROUND, project_id, "round")
        elif _asks_otherwise(batch, session.get_one(Project, project_id)):
            learn_anew(session, project_id)
        if encoders.deep_encoder(session, project_id, encoders.READY) is None:
            _ask(session, JobKind.TRAIN_ENCODER, project_id, "encoder")
        if stop.current(session, project_id) is not None:
            switch.ask_to_accept(session, project_id)
    return {}


def _asks_otherwise(batch: QueryBatch, project: Project) -> bool:
    """Whether something else is to be predicted than when this batch was chosen."""
    return str(batch.settings.get("predicts", "")) != learning_rules(project).predicts


def auto_accept(run: JobRun) -> dict[str, Any]:
    """Answer open cases that leave no doubt, where the project lets its model do that."""
    with run.open_session() as session:
        return {"accepted_count": accept_clear(session, _project_id(run))}


def train_encoder(run: JobRun) -> dict[str, Any]:
    """Train an encoder on the project's own images, or check one that was given."""
    return train.train_or_check(run)


def teach_encoder(run: JobRun) -> dict[str, Any]:
    """Teach the encoder that serves the labels there are; the result waits to be compared."""
    return tune.teach_encoder(run)


def run_round(run: JobRun) -> dict[str, Any]:
    """Learn and reorder the queue, if enough was read since the last time or it is forced."""
    project_id = _project_id(run)
    is_forced = "is_forced" in run.arguments
    with run.open_session() as session:
        watch.look(session, project_id)
        project = session.get_one(Project, project_id)
        if not is_forced and next_round_in(session, project) != 0:
            return {"skipped": 1}
        # Committed by itself: a round locks tasks in one go. Its draws are from all unread cases.
        stop.turn_off(session, project_id, stop.NEW_MODEL)
    with run.open_session() as session:
        try:
            done = rounds.run_round(session, project_id, report=run.report)
        except rounds.PoolNotEmbedded as error:
            if is_forced:
                raise JobFailed(str(error)) from error
            return {"skipped": 1}
        if not teach.ask(session, project_id, done.label_count):
            gate.ask(session, project_id, done.label_count)
        if done.model_version_id is not None:
            ask_to_check_maps(session, project_id, done.model_version_id)
        return {
            "round_number": done.round_number,
            "label_count": done.label_count,
            "pick_count": done.pick_count,
            "seconds": round(done.seconds, 2),
        }


def train_model(run: JobRun) -> dict[str, Any]:
    """Train the model of masks or boxes on the newest reads, then reorder the queue by it."""
    return learn.train_model(run)


def compare_encoders(run: JobRun) -> dict[str, Any]:
    """Let the newest trained encoder serve if the labels say that it is better."""
    project_id = _project_id(run)
    with run.open_session() as session:
        is_better = gate.decide(session, project_id)
        if is_better:
            learn_anew(session, project_id)
    return {"skipped": 1} if is_better is None else {"is_better": int(is_better)}


def explain_study(run: JobRun) -> dict[str, Any]:
    """Draw an explanation map of a class in a way, or say how unsure the model is on each slice."""
    with run.open_session() as session:
        ids = {name: UUID(run.arguments[name]) for name in ("study_id", "model_version_id")}
        class_key = run.arguments["class_key"]
        if class_key == ALL_CLASSES:
            return look.look(session, **ids)
        method = run.arguments.get("method", Method.HIRESCAM)
        unit = run.arguments.get("unit_id")
        unit_id = None if unit is None else UUID(unit)
        return explain.explain(session, **ids, class_key=class_key, method=method, unit_id=unit_id)


def check_model_maps(run: JobRun) -> dict[str, Any]:
    """Correlate the maps of a model with those of randomised weights."""
    with run.open_session() as session:
        return check_maps.check(session, model_version_id=UUID(run.arguments["model_version_id"]))


def hunt(run: JobRun) -> dict[str, Any]:
    """Look for places of the pool that look like one that was pointed at."""
    return search.search(run)


def _share(run: JobRun, place: int, count: int) -> Callable[[float], None]:
    """Progress of one encoder as a share of all."""
    return lambda part: run.report((place + part) / count, "Looking at new studies")


def _project_id(run: JobRun) -> UUID:
    if run.project_id is None:
        raise JobFailed("This work belongs to a project.")
    return run.project_id


def _ask(session: Any, kind: JobKind, project_id: UUID, name: str) -> None:
    enqueue(session, kind, project_id=project_id, dedup_key=f"{name}:{project_id}")


HANDLERS: dict[JobKind, Handler] = {
    JobKind.EMBED_STUDIES: embed_studies,
    JobKind.TRAIN_ENCODER: train_encoder,
    JobKind.TEACH_ENCODER: teach_encoder,
    JobKind.COMPARE_ENCODERS: compare_encoders,
    JobKind.TRAIN_MODEL: train_model,
    JobKind.RUN_ROUND: run_round,
    JobKind.AUTO_ACCEPT: auto_accept,
    JobKind.EXPLAIN: explain_study,
    JobKind.HUNT: hunt,
    JobKind.CHECK_MAPS: check_model_maps,
}
