"""Every asynchronous thing this system does, on one screen."""

from enum import StrEnum


class JobKind(StrEnum):
    """What a background job does."""

    INGEST_RECEIVED = "ingest_received"
    PULL_STUDIES = "pull_studies"
    EXPORT_DATASET = "export_dataset"
    PURGE_STUDIES = "purge_studies"
    ERASE_PATIENT = "erase_patient"
    EMBED_STUDIES = "embed_studies"
    TRAIN_ENCODER = "train_encoder"
    TEACH_ENCODER = "teach_encoder"
    COMPARE_ENCODERS = "compare_encoders"
    TRAIN_MODEL = "train_model"
    RUN_ROUND = "run_round"
    AUTO_ACCEPT = "auto_accept"
    EXPLAIN = "explain"
    HUNT = "hunt"
    CHECK_MAPS = "check_maps"


class Queue(StrEnum):
    """Which worker takes it: `light` never loads torch, `pull` waits for other servers, `ml` may
    use the GPU."""

    LIGHT = "light"
    PULL = "pull"
    ML = "ml"


QUEUE_OF: dict[JobKind, Queue] = {
    JobKind.INGEST_RECEIVED: Queue.LIGHT,
    JobKind.PULL_STUDIES: Queue.PULL,
    JobKind.EXPORT_DATASET: Queue.LIGHT,
    JobKind.PURGE_STUDIES: Queue.LIGHT,
    JobKind.ERASE_PATIENT: Queue.LIGHT,
    JobKind.EMBED_STUDIES: Queue.ML,
    JobKind.TRAIN_ENCODER: Queue.ML,
    JobKind.TEACH_ENCODER: Queue.ML,
    JobKind.COMPARE_ENCODERS: Queue.ML,
    JobKind.TRAIN_MODEL: Queue.ML,
    JobKind.RUN_ROUND: Queue.ML,
    JobKind.AUTO_ACCEPT: Queue.ML,
    JobKind.EXPLAIN: Queue.ML,
    JobKind.HUNT: Queue.ML,
    JobKind.CHECK_MAPS: Queue.ML,
}

TITLE_OF: dict[JobKind, str] = {
    JobKind.INGEST_RECEIVED: "Checking and de-identifying received files",
    JobKind.PULL_STUDIES: "Pulling studies from another server",
    JobKind.EXPORT_DATASET: "Writing an export",
    JobKind.PURGE_STUDIES: "Removing the images of deleted studies",
    JobKind.ERASE_PATIENT: "Erasing a patient",
    JobKind.EMBED_STUDIES: "Looking at new studies",
    JobKind.TRAIN_ENCODER: "Training the encoder on this project's images",
    JobKind.TEACH_ENCODER: "Teaching the encoder what readers answered",
    JobKind.COMPARE_ENCODERS: "Asking the labels whether the new encoder helps",
    JobKind.TRAIN_MODEL: "Training the model on what was drawn",
    JobKind.RUN_ROUND: "Learning from the newest reads",
    JobKind.AUTO_ACCEPT: "Answering clear cases by the model",
    JobKind.EXPLAIN: "Computing an explanation map",
    JobKind.HUNT: "Looking for places that look alike",
    JobKind.CHECK_MAPS: "Checking whether maps follow the weights",
}

PRIORITY_OF: dict[JobKind, int] = {
    JobKind.EXPLAIN: 30,
    JobKind.HUNT: 15,
    JobKind.CHECK_MAPS: 1,
    JobKind.RUN_ROUND: 20,
    JobKind.AUTO_ACCEPT: 15,
    JobKind.COMPARE_ENCODERS: 5,
    JobKind.TRAIN_MODEL: 5,
    JobKind.EMBED_STUDIES: 10,
    JobKind.TRAIN_ENCODER: 0,
    JobKind.TEACH_ENCODER: 0,
    JobKind.EXPORT_DATASET: 5,
    JobKind.PURGE_STUDIES: 0,
    JobKind.ERASE_PATIENT: 20,
    JobKind.INGEST_RECEIVED: 10,
    JobKind.PULL_STUDIES: 0,
}
"""Higher runs first: what a person waits for goes before what runs for minutes."""
