"""What the end of a sandboxed child means for the file it was working on."""

import os
import signal

from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.wire import read_all


class ScratchUnavailable(OSError):
    """The child could not read its input or write its output: the disk's fault, not the file's."""


def judge(exit_status: int | None, body: bytes, *, timed_out: bool) -> bytes:
    """The child's answer, or why there is none.

    Args:
        exit_status: as `os.wait` gives it; None when it was never learnt.
        body: all that the child wrote.
        timed_out: it was killed because its time was up.

    Raises:
        Rejected: as the child said, or by the way it ended.
        ScratchUnavailable: when a disk is full, or a path is missing or forbidden.
    """
    if timed_out:
        raise Rejected(RejectionCode.decode_timeout)
    if exit_status is not None and os.WIFSIGNALED(exit_status):
        ended_by = os.WTERMSIG(exit_status)
        if ended_by == signal.SIGXCPU:
            raise Rejected(RejectionCode.decode_timeout)
        if ended_by == signal.SIGKILL:
            # not by our clock, so by the kernel, which was short of memory
            raise Rejected(RejectionCode.out_of_memory)
        raise Rejected(RejectionCode.parser_crashed)
    kind, answer = read_all(body)
    if kind == "ok":
        return answer
    if kind == "failed":
        raise ScratchUnavailable("the image reader could not read its input or write its output")
    code = answer.decode("ascii", "replace")
    if kind == "rejected" and code in set(RejectionCode):
        raise Rejected(RejectionCode(code))
    raise Rejected(RejectionCode.parser_crashed)
