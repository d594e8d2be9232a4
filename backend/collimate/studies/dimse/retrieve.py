"""C-GET in the study root (PS3.4 C.4.3), or C-MOVE to our own receiver (PS3.4 C.4.2)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.presentation import (
    AllStoragePresentationContexts,
    PresentationContext,
    build_context,
    build_role,
)

from collimate.dicom import kinds
from collimate.dicom.limits import LIMITS
from collimate.studies.dimse.associated import (
    MOST_CONTEXTS,
    PeerFailed,
    associated,
    offers,
)
from collimate.studies.dimse.find import FIND, PENDING, PLAIN, Listed, contents, find_context
from collimate.studies.dimse.orders import Over, Retrieve, Trouble
from collimate.studies.dimse.spooled import (
    OUT_OF_RESOURCES,
    SUCCESS,
    NotAsStated,
    Spooled,
    as_file,
)
from collimate.studies.ways_in import DimseSource

GET = "1.2.840.10008.5.1.4.1.2.2.3"
MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
MOST_STORAGE = MOST_CONTEXTS - 3
_COMPRESSED = sorted(kinds.ENCAPSULATED)
# PS3.4 table C.4-3
SOME_FAILED, UNABLE = 0xB000, 0xA702

Take = Callable[[Path], bool]
"""Hands an image on; False where no more is wanted."""


class Taker:
    """Takes what a C-GET sends, object by object."""

    def __init__(self, take: Take) -> None:
        self.taken: set[str] = set()
        self._take = take

    def __call__(self, event: Any) -> int:
        """The status of the C-STORE response."""
        request = event.request
        request._dataset_file.close()
        identity = (str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID))
        arrived = Path(request._dataset_path)
        spooled = Spooled(arrived, identity, str(event.context.transfer_syntax))
        path = arrived.with_name("image")
        try:
            with path.open("wb") as file:
                file.writelines(as_file(spooled))
        except NotAsStated as error:
            return error.status
        except OSError:
            return OUT_OF_RESOURCES
        finally:
            arrived.unlink(missing_ok=True)
        if not self._take(path):
            return OUT_OF_RESOURCES
        self.taken.add(identity[1])
        return SUCCESS


Begun = Callable[[Association, str], None]
"""Is told what can be cancelled from now on: an association, and the model that is used on it."""


def retrieve(source: DimseSource, wanted: Retrieve, taker: Taker, begun: Begun) -> Over:
    """Have a study sent.

    Raises:
        PeerFailed
    """
    with associated(source, [find_context()], otherwise=Trouble.NO_SEARCH) as opened:
        listed = contents(opened, wanted.study_uid)
    study = {"QueryRetrieveLevel": "STUDY", "StudyInstanceUID": wanted.study_uid}
    contexts = storage_contexts({one.sop_class_uid for one in listed.values()})
    with _sending(source, contexts, taker, may_move=wanted.move_to is not None) as opened:
        if not _can_get(opened):
            return Over(missing_count=_move(opened, study, wanted.move_to, begun))
        begun(opened, GET)
        code, failed_count = _end(opened.send_c_get(_identifier(study), GET))
    if not listed:
        return Over(missing_count=failed_count)
    missing = {uid: one for uid, one in listed.items() if uid not in taker.taken}
    if missing:
        _ask_again(source, study, missing, taker, begun)
    if code == UNABLE and not taker.taken:
        raise PeerFailed(Trouble.STATUS, f"{code:04X}")
    return Over(missing_count=len(listed.keys() - taker.taken))


def _ask_again(
    source: DimseSource, study: dict[str, Any], missing: dict[str, Listed], taker: Taker,
    begun: Begun,
) -> None:  # fmt: skip
    """Ask for single images, with compressed transfer syntaxes alone.

    Some archives send every object of a class over the first context that was accepted for it,
    and cannot turn compressed ones into plain values.
    """
    contexts = storage_contexts({one.sop_class_uid for one in missing.values()})
    compressed = [one for one in contexts if str(one.transfer_syntax[0]) not in PLAIN]
    series: dict[str, list[str]] = {}
    for uid, one in missing.items():
        series.setdefault(one.series_uid, []).append(uid)
    try:
        with _sending(source, compressed, taker) as opened:
            for series_uid, uids in series.items() if _can_get(opened) else ():
                images = {"QueryRetrieveLevel": "IMAGE", "SeriesInstanceUID": series_uid,
                          "SOPInstanceUID": uids}  # fmt: skip
                begun(opened, GET)
                _end(opened.send_c_get(_identifier(study | images), GET))
    except PeerFailed as failed:
        if failed.trouble not in (Trouble.STATUS, Trouble.NO_RETRIEVAL):
            raise


def _sending(
    source: DimseSource,
    contexts: Sequence[PresentationContext],
    taker: Taker,
    *,
    may_move: bool = False,
) -> AbstractContextManager[Association]:
    """An association over which we may be sent objects."""
    # some archives serve neither to those who could not search
    models = [FIND, GET, MOVE] if may_move else [FIND, GET]
    proposed = [*(build_context(model, PLAIN) for model in models), *contexts]
    classes = {one.abstract_syntax for one in contexts}
    return associated(
        source, proposed, otherwise=Trouble.NO_RETRIEVAL,
        roles=[build_role(uid, scp_role=True) for uid in classes if uid is not None],
        handlers=[(evt.EVT_C_STORE, taker)], most_bytes=LIMITS.file_bytes,
    )  # fmt: skip


def _can_get(opened: Association) -> bool:
    return offers(opened, GET) and any(one.as_scp for one in opened.accepted_contexts)


def _move(opened: Association, study: dict[str, Any], to: str | None, begun: Begun) -> int:
    """How many images could not be moved."""
    if to is None or not offers(opened, MOVE):
        raise PeerFailed(Trouble.NO_RETRIEVAL)
    begun(opened, MOVE)
    code, failed_count = _end(opened.send_c_move(_identifier(study), to, MOVE))
    if code == UNABLE:
        raise PeerFailed(Trouble.STATUS, f"{code:04X}")
    return failed_count


def _identifier(keys: dict[str, Any]) -> Dataset:
    identifier = Dataset()
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    return identifier


def _end(responses: Iterator[tuple[Dataset, Dataset | None]]) -> tuple[int, int]:
    """Wait for the end; the final status, and how many sub-operations failed."""
    code, failed_count = UNABLE, 0
    for status, _ in responses:
        if status.get("Status") is None:
            raise PeerFailed(Trouble.BROKE_OFF)
        code = int(status.Status)
        if code not in (*PENDING, SUCCESS, SOME_FAILED, UNABLE):
            raise PeerFailed(Trouble.STATUS, f"{code:04X}")
        failed_count = int(status.get("NumberOfFailedSuboperations") or 0)
    return code, failed_count


def storage_contexts(classes: Iterable[str]) -> list[PresentationContext]:
    """What is proposed to have objects of these classes sent; of every image where none is known.

    The acceptor picks one transfer syntax of a context, so compressed ones get a context each as
    far as they fit: then every object can come as it is kept, and nothing is encoded anew.
    """
    known = sorted(one for one in set(classes) if one)
    if not known:
        every = (str(context.abstract_syntax) for context in AllStoragePresentationContexts)
        known = [uid for uid in every if not kinds.is_derived_object(uid)]
    room = MOST_STORAGE // len(known) - 1
    groups = [[one] for one in _COMPRESSED] if room >= len(_COMPRESSED) else [_COMPRESSED]
    contexts = [build_context(uid, PLAIN) for uid in known]
    contexts += [build_context(uid, group) for uid in known for group in groups]
    return contexts[:MOST_STORAGE]
