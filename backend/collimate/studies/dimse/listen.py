"""The listening side: pynetdicom speaks the protocol, the verbs beside this file decide."""

import contextlib
import shutil
import socket
import ssl
import tempfile
import threading
from pathlib import Path
from typing import Any

from pynetdicom import evt
from pynetdicom.ae import ApplicationEntity
from pynetdicom.association import Association
from pynetdicom.presentation import AllStoragePresentationContexts
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]
from pynetdicom.transport import ThreadedAssociationServer

from collimate.dicom import kinds
from collimate.dicom.limits import LIMITS
from collimate.kit import database
from collimate.kit.logging import logger
from collimate.kit.settings import settings
from collimate.studies.dimse.associate import (
    AssociationRefused,
    Opened,
    close_association,
    may_connect,
    open_association,
)
from collimate.studies.dimse.associated import prepare_library
from collimate.studies.dimse.spooled import OUT_OF_RESOURCES, Spooled
from collimate.studies.dimse.store import store
from collimate.studies.ways_in import Receiver

SYNTAXES = [kinds.EXPLICIT_LITTLE, *sorted(kinds.NATIVE | kinds.ENCAPSULATED)]
TITLE = "COLLIMATE"
HANDSHAKE_SECONDS = 10.0
_COMMAND_BYTES = 1 << 20


class _Server(ThreadedAssociationServer):
    """Turns strangers away before a thread is spent on them, and shakes hands in the thread.

    The library's own server does a TLS handshake where it accepts connections, so that one
    silent client would keep out all others.
    """

    daemon_threads = True
    receiver: Receiver
    tls: ssl.SSLContext | None = None

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return may_connect(self.receiver, client_address[0])

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        if self.tls is not None:
            try:
                request.settimeout(HANDSHAKE_SECONDS)
                request = self.tls.wrap_socket(request, server_side=True)
                request.settimeout(None)
            except OSError as error:
                logger().warning("receiver_handshake_failed", error_class=type(error).__name__)
                self.shutdown_request(request)
                return
        super().process_request_thread(request, client_address)


class Listener:
    """A running C-STORE receiver; `close` ends its associations and frees the port."""

    def __init__(self, receiver: Receiver) -> None:
        """Bind the port.

        Raises:
            OSError: the address is taken, or a certificate cannot be read.
        """
        self.receiver = receiver
        self._usual_folder = tempfile.tempdir
        self.folder = _spool_folder()
        self._opened: dict[Association, Opened] = {}
        self._arrived: dict[Association, int] = {}
        entity = _entity(receiver)
        handlers: list[Any] = [
            (evt.EVT_REQUESTED, self._requested),
            (evt.EVT_C_STORE, self._c_store),
            (evt.EVT_C_ECHO, lambda event: 0x0000),
            (evt.EVT_PDU_RECV, self._count),
            (evt.EVT_DIMSE_RECV, self._forget_count),
            (evt.EVT_CONN_CLOSE, self._over),
        ]
        self._server = _Server(
            entity, (receiver.host, receiver.port), TITLE, entity.supported_contexts,
            evt_handlers=handlers,
        )  # fmt: skip
        self._server.receiver, self._server.tls = receiver, _tls(receiver)
        entity._servers.append(self._server)
        self._entity = entity
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), daemon=True, name="dimse"
        )
        self._thread.start()

    def close(self) -> None:
        """Abort what is under way and stop listening."""
        for association in self._entity.active_associations:
            if association.is_established:
                association.abort()
        self._server.shutdown()
        self._thread.join(10)
        tempfile.tempdir = self._usual_folder
        shutil.rmtree(self.folder, ignore_errors=True)

    def _requested(self, event: Any) -> None:
        asked = event.assoc.requestor.primitive
        try:
            self._opened[event.assoc] = open_association(
                self.receiver, asked.calling_ae_title, asked.called_ae_title,
                event.assoc.requestor.address,
            )  # fmt: skip
        except AssociationRefused as refused:
            logger().warning("association_refused", answer=str(refused.answer))
            event.assoc.acse.send_reject(*refused.answer)
            event.assoc.kill()

    def _c_store(self, event: Any) -> int:
        opened = self._opened.get(event.assoc)
        path, request = event.request._dataset_path, event.request
        if opened is None or path is None:
            return OUT_OF_RESOURCES
        request._dataset_file.flush()
        identity = (str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID))
        syntax = str(event.context.transfer_syntax)
        return store(opened, Spooled(Path(path), identity, syntax))

    def _count(self, event: Any) -> None:
        """Cut off a sender whose object passes every limit; waiting for its end fills the disk."""
        arrived = self._arrived.get(event.assoc, 0) + getattr(event.pdu, "pdu_length", 0)
        self._arrived[event.assoc] = arrived
        if arrived > LIMITS.file_bytes + _COMMAND_BYTES:
            logger().warning("association_sent_too_much")
            with contextlib.suppress(OSError, AttributeError):
                event.assoc.dul.socket.socket.shutdown(socket.SHUT_RDWR)

    def _forget_count(self, event: Any) -> None:
        self._arrived.pop(event.assoc, None)

    def _over(self, event: Any) -> None:
        self._arrived.pop(event.assoc, None)
        half = event.assoc.dimse.message
        if half is not None and half._data_set_file is not None:
            half._data_set_file.close()
            Path(half._data_set_file.name).unlink(missing_ok=True)
        opened = self._opened.pop(event.assoc, None)
        if opened is None:
            return
        try:
            close_association(opened)
        except database.UNREACHABLE as error:
            logger().warning("association_not_noted", error_class=type(error).__name__)


def _spool_folder() -> Path:
    """Where objects lie while they arrive: on our own disk, emptied of what a crash left."""
    folder = settings().home_path / "work" / "dimse"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    # the library asks the standard module where temporary files go
    tempfile.tempdir = str(folder)
    return folder


def _entity(receiver: Receiver) -> ApplicationEntity:
    prepare_library()
    entity = ApplicationEntity(TITLE)
    entity.maximum_associations = receiver.maximum_associations
    entity.network_timeout = entity.dimse_timeout = receiver.idle_seconds
    entity.acse_timeout = min(30, receiver.idle_seconds)
    entity.add_supported_context(Verification)
    for context in AllStoragePresentationContexts:
        if not kinds.is_derived_object(str(context.abstract_syntax)):
            entity.add_supported_context(str(context.abstract_syntax), SYNTAXES)
    return entity


def _tls(receiver: Receiver) -> ssl.SSLContext | None:
    if receiver.certificate is None:
        return None
    # PS3.15 B.12: the BCP 195 profile
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(receiver.certificate, receiver.key)
    if receiver.client_authorities is not None:
        context.load_verify_locations(receiver.client_authorities)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
