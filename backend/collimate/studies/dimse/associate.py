"""Who may open an association, and which project it sends into."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from uuid import UUID

from collimate.access import audit
from collimate.kit import database
from collimate.kit.logging import logger
from collimate.projects.find import NoSuchProject, SeveralProjects, find_project
from collimate.studies.act import Act, WayIn
from collimate.studies.ways_in import Receiver

# PS3.8 table 9-21: result, source, reason
CALLING_NOT_RECOGNISED = (1, 1, 3)
CALLED_NOT_RECOGNISED = (1, 1, 7)
TEMPORARY_CONGESTION = (2, 3, 1)


class AssociationRefused(Exception):
    """The association is not opened; `answer` is (result, source, reason)."""

    def __init__(self, answer: tuple[int, int, int]) -> None:
        super().__init__(str(answer))
        self.answer = answer


@dataclass
class Opened:
    """An association under way."""

    calling_ae_title: str
    called_ae_title: str
    project_id: UUID
    act: Act = field(default_factory=lambda: Act(WayIn.C_STORE))
    stored_count: int = 0
    refused_count: int = 0


def plain_address(text: str) -> IPv4Address | IPv6Address:
    """The peer's address; an IPv4 address that came over IPv6 is an IPv4 address."""
    address = ip_address(text.split("%", maxsplit=1)[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def may_connect(receiver: Receiver, address: str) -> bool:
    """Whether any sender may be at this address."""
    at = plain_address(address)
    return any(sender.is_at(at) for sender in receiver.senders)


def open_association(receiver: Receiver, calling: str, called: str, address: str) -> Opened:
    """Let a sender in.

    Raises:
        AssociationRefused: title and address do not belong together, nobody is called so, or the
            project cannot be reached just now.
    """
    calling, called, at = calling.strip(), called.strip(), plain_address(address)
    senders = [one for one in receiver.senders if one.calling_ae_title == calling]
    if not any(sender.is_at(at) for sender in senders):
        raise AssociationRefused(CALLING_NOT_RECOGNISED)
    named = [one.project for one in receiver.destinations if one.called_ae_title == called]
    if not named:
        raise AssociationRefused(CALLED_NOT_RECOGNISED)
    try:
        with database.open_session() as session:
            project = find_project(session, named[0])
            if project.archived_at is not None:
                raise AssociationRefused(CALLED_NOT_RECOGNISED)
            return Opened(calling, called, project.id)
    except (NoSuchProject, SeveralProjects) as error:
        logger().error("receiver_has_no_project", called_ae_title=called)
        raise AssociationRefused(CALLED_NOT_RECOGNISED) from error
    except database.UNREACHABLE as error:
        logger().warning("receiver_without_database", error_class=type(error).__name__)
        raise AssociationRefused(TEMPORARY_CONGESTION) from error


def close_association(opened: Opened) -> None:
    """Write down what came over an association, however it ended."""
    if not opened.stored_count and not opened.refused_count:
        return
    with database.open_session() as session:
        audit.record(
            session, None, "files_sent_by_dimse", "project", opened.project_id,
            project_id=opened.project_id, calling_ae_title=opened.calling_ae_title,
            called_ae_title=opened.called_ae_title, stored_count=opened.stored_count,
            refused_count=opened.refused_count,
        )  # fmt: skip
