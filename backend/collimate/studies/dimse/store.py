"""One C-STORE request: durable under its hash before the sender hears Success."""

from collimate.kit import database
from collimate.kit.blobs import BodyTooLarge
from collimate.kit.logging import logger
from collimate.projects.models import Project
from collimate.studies.dimse.associate import Opened
from collimate.studies.dimse.spooled import (
    OUT_OF_RESOURCES,
    PROCESSING_FAILURE,
    SUCCESS,
    NotAsStated,
    Spooled,
    as_file,
)
from collimate.studies.receive import ask_for_ingest, receive


def store(opened: Opened, spooled: Spooled) -> int:
    """Keep one object for ingest, which runs elsewhere; answers the status of the response."""
    try:
        _store(opened, spooled)
        status = SUCCESS
    except NotAsStated as error:
        status = error.status
    except (BodyTooLarge, OSError, *database.UNREACHABLE) as error:
        logger().warning("store_out_of_resources", error_class=type(error).__name__)
        status = OUT_OF_RESOURCES
    except Exception as error:
        logger().error("store_failed", error_class=type(error).__name__)
        status = PROCESSING_FAILURE
    if status == SUCCESS:
        opened.stored_count += 1
    else:
        opened.refused_count += 1
    return status


def _store(opened: Opened, spooled: Spooled) -> None:
    with database.open_session() as session:
        receive(
            session, session.get_one(Project, opened.project_id), act=opened.act,
            name=f"C-STORE from {opened.calling_ae_title}", chunks=as_file(spooled),
        )  # fmt: skip
        ask_for_ingest(session, opened.project_id, None)
