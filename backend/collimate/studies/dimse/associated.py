"""An association that we request; only the process of `ask.py` opens any."""

import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pynetdicom import _config, evt
from pynetdicom.ae import ApplicationEntity
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext

from collimate.dicom.limits import LIMITS
from collimate.studies.dimse.orders import Trouble
from collimate.studies.ways_in import DimseSource

CONNECT_SECONDS = 15
# one association negotiates no more (PS3.8 9.3.2.2: odd numbers up to 255)
MOST_CONTEXTS = 128


class PeerFailed(Exception):
    """The PACS could not be asked, or did not do it."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble)
        self.trouble, self.detail = trouble, detail


class _Gauge:
    """Cuts the line when one message grows too large: waiting for its end would fill the disk."""

    def __init__(self, most_bytes: int) -> None:
        self.is_over = False
        self._most, self._arrived = most_bytes, 0

    def count(self, event: Any) -> None:
        self._arrived += getattr(event.pdu, "pdu_length", 0)
        if self._arrived > self._most:
            self.is_over = True
            with contextlib.suppress(OSError, AttributeError):
                event.assoc.dul.socket.socket.shutdown(socket.SHUT_RDWR)

    def reset(self, _event: Any) -> None:
        self._arrived = 0


def prepare_library() -> None:
    """Data sets go to disk as they arrive, and nothing a peer says goes into a log."""
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL + 1)
    _config.LOG_HANDLER_LEVEL = "none"
    _config.STORE_RECV_CHUNKED_DATASET = True


@contextmanager
def associated(
    source: DimseSource,
    contexts: Sequence[PresentationContext],
    *,
    otherwise: Trouble,
    roles: Sequence[Any] = (),
    handlers: Sequence[Any] = (),
    most_bytes: int = 0,
) -> Iterator[Association]:
    """An open association, released afterwards; no message on it has more than `most_bytes` and
    the little that commands and answers take.

    Raises:
        PeerFailed: it cannot be reached, refuses us, or offers nothing of what is proposed, which
            is the trouble `otherwise`; a message was too large.
    """
    gauge = _Gauge(most_bytes + LIMITS.peer_message_bytes)
    watched = [(evt.EVT_PDU_RECV, gauge.count), (evt.EVT_DIMSE_RECV, gauge.reset)]
    entity = ApplicationEntity(source.calling_ae_title)
    entity.connection_timeout = entity.acse_timeout = CONNECT_SECONDS
    entity.dimse_timeout = entity.network_timeout = source.idle_seconds
    opened = entity.associate(
        source.host, source.port, list(contexts), source.called_ae_title,
        ext_neg=list(roles), tls_args=_tls(source), evt_handlers=[*handlers, *watched],
    )  # fmt: skip
    if opened.is_rejected:
        answer = opened.acceptor.primitive
        raise PeerFailed(Trouble.REFUSED, answer.reason_str if answer is not None else "")
    if opened.rejected_contexts and not opened.accepted_contexts:
        raise PeerFailed(otherwise)
    if not opened.is_established:
        raise PeerFailed(Trouble.UNREACHABLE)
    try:
        yield opened
    except PeerFailed:
        # what is still to come is not waited for
        opened.abort()
        if gauge.is_over:
            raise PeerFailed(Trouble.TOO_LARGE) from None
        raise
    finally:
        if opened.is_established:
            opened.release()


def offers(opened: Association, abstract_syntax: str) -> bool:
    """Whether the peer does this for us."""
    return any(
        str(context.abstract_syntax) == abstract_syntax and context.as_scu
        for context in opened.accepted_contexts
    )


def _tls(source: DimseSource) -> tuple[ssl.SSLContext, str] | None:
    if not source.tls:
        return None
    # PS3.15 B.12: the BCP 195 profile
    context = ssl.create_default_context(cafile=source.certificate_authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if source.certificate is not None:
        context.load_cert_chain(source.certificate, source.key)
    return context, source.host
