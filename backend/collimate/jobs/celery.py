"""The bell: Celery carries a job id and nothing else, and may lose it without harm."""

from functools import lru_cache
from uuid import UUID

from celery import Celery

from collimate.jobs import folder_bell
from collimate.jobs.kinds import Queue
from collimate.kit.logging import logger
from collimate.kit.settings import settings

RING = "collimate.ring"


def _transport() -> dict[str, object]:
    if settings().broker_url:
        return {
            "broker_url": settings().broker_url,
            "broker_transport_options": {
                "visibility_timeout": 300,
                "unacked_restore_interval": 5,
                "unacked_restore_throttle": 1,
            },
        }
    folder = settings().home_path / "queue"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "broker_url": f"{folder_bell.SCHEME}://",
        "broker_transport_options": {
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.1,
        },
    }


@lru_cache
def celery_app() -> Celery:
    """The Celery application of this process."""
    app = Celery("collimate", set_as_current=True)
    app.conf.update(
        **_transport(),
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        worker_send_task_events=False,
        enable_utc=True,
    )
    return app


def ring(queue: Queue, job_id: UUID) -> None:
    """Wake a worker. A lost bell costs a few seconds: the reaper rings again."""
    try:
        celery_app().send_task(RING, args=[str(job_id)], queue=str(queue), retry=False)
    except Exception as error:  # the broker may be down; the job row is safe
        logger().warning("bell_not_rung", job_id=str(job_id), error_class=type(error).__name__)
