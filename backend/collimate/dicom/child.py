"""What a disposable child does: give up rights, read one request, do it, answer, end."""

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from collimate.dicom.confine import confine
from collimate.dicom.limits import Limits
from collimate.dicom.prepared import FrameFacts
from collimate.dicom.profile import Profile
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.wire import answer, receive_block

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
# what late imports and the C library may still open
_NEEDED = [
    Path(name)
    for name in (sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/dev/null", "/dev/urandom")
] + [Path(__file__).parents[1]]
_MOST_REQUEST_BYTES = 16 << 20
_SYSTEM_CODES = {
    errno.EFBIG: RejectionCode.too_large,
    errno.ENOMEM: RejectionCode.out_of_memory,
}


def harden(parent: int) -> None:
    """Die with the parent, whose process id it is, or now if it is gone; gain no rights, leave no
    core file with pixels in it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit(limits: Limits, cpu_s: int) -> None:
    """Set the hard walls; the soft processor limit is lower, so that its signal tells why."""
    walls = (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 2),
        (resource.RLIMIT_FSIZE, limits.written_bytes, limits.written_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    )
    for kind, soft, hard in walls:
        resource.setrlimit(kind, (soft, hard))


def serve(stream: socket.socket) -> None:
    """Answer the one request on `stream`."""
    request: dict[str, Any] = json.loads(receive_block(stream, _MOST_REQUEST_BYTES))
    limits = Limits(**request["limits"])
    limit(limits, int(request["cpu_s"]))
    payload = receive_block(stream, limits.frame_bytes)
    try:
        kind, body = "ok", _do(request, payload, limits)
    except Rejected as rejected:
        kind, body = "rejected", rejected.code.encode("ascii")
    except MemoryError:
        kind, body = "rejected", RejectionCode.out_of_memory.encode("ascii")
    except RecursionError:
        kind, body = "rejected", RejectionCode.nested_too_deep.encode("ascii")
    except OSError as error:
        code = _SYSTEM_CODES.get(error.errno or 0)
        kind, body = ("rejected", code.encode("ascii")) if code else ("failed", b"")
    except Exception:
        kind, body = "rejected", RejectionCode.malformed.encode("ascii")
    stream.sendall(answer(kind, body))


def _do(request: dict[str, Any], payload: bytes, limits: Limits) -> bytes:
    if request["verb"] == "prepare":
        return _prepare(request, limits)
    if request["verb"] == "convert":
        return _convert(request, limits)
    if request["verb"] == "whose":
        return _whose(request)
    if request["verb"] == "fragments":
        return _fragments(request, limits)
    if request["verb"] == "object_head":
        from collimate.dicom.write import object_head

        return object_head(json.loads(payload), request["syntax"], request["pixel_bytes"])
    return _render(request, payload)


def _prepare(request: dict[str, Any], limits: Limits) -> bytes:
    from collimate.dicom.prepare import prepare
    from collimate.dicom.text_in_pixels import Box

    boxes = request["boxes"]
    source, out = Path(request["source"]), Path(request["out"])
    out.mkdir(parents=True, exist_ok=True)
    confine([source, *_NEEDED], [out])
    prepared = prepare(
        source,
        out,
        Profile.from_json(request["profile"]),
        limits,
        None if boxes is None else [Box(*box) for box in boxes],
        released=frozenset(request["released"]),
        sha256=request["sha256"],
        pseudonym=request["pseudonym"],
    )
    return json.dumps(prepared.to_json(), allow_nan=False).encode("utf-8")


def _fragments(request: dict[str, Any], limits: Limits) -> bytes:
    from collimate.dicom.fragments import find_fragments

    source = Path(request["source"])
    confine([source, *_NEEDED], [])
    return json.dumps(find_fragments(source, limits)).encode("ascii")


def _whose(request: dict[str, Any]) -> bytes:
    from collimate.dicom.whose import whose

    source = Path(request["source"])
    confine([source, *_NEEDED], [])
    return json.dumps(whose(source, Profile.from_json(request["profile"]))).encode("ascii")


def _convert(request: dict[str, Any], limits: Limits) -> bytes:
    from collimate.dicom.from_image import image_to_dicom
    from collimate.dicom.from_nifti import nifti_to_dicom
    from collimate.dicom.new_object import Facts
    from collimate.dicom.starts import is_nifti

    source, out = Path(request["source"]), Path(request["out"])
    confine([source, *_NEEDED], [out])
    write = nifti_to_dicom if is_nifti(source) else image_to_dicom
    return str(write(source, out, Facts(**request["facts"]), limits)).encode("ascii")


def _render(request: dict[str, Any], payload: bytes) -> bytes:
    from collimate.dicom.frames import render

    window, region = request["window"], request["region"]
    width, height = request["size"]
    confine(_NEEDED, [])
    try:
        return render(
            payload,
            FrameFacts.from_json(request["facts"]),
            size=(width, height),
            kind=request["kind"],
            quality=request["quality"],
            window=None if window is None else (window[0], window[1]),
            region=None if region is None else (region[0], region[1], region[2], region[3]),
        )
    except (ValueError, TypeError):
        raise Rejected(RejectionCode.bad_dimensions) from None
