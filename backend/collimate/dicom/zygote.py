"""The warm process: imports and tries parser and codecs once, then forks a child for each request.

Started as `python -m collimate.dicom.zygote FD`, where FD is a socket to the owner. It ends when
that socket closes or its owner is gone, and its children end with it.
"""

import contextlib
import ctypes
import gc
import logging
import os
import selectors
import signal
import socket
import sys
import warnings

from collimate.dicom.child import harden, serve

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_LOOK_AROUND_S = 1.0
_NICE = 5


def warm_up() -> None:
    """Import everything a child may need, and use it once, so that a fork is all it costs."""
    # pydicom loads this to fetch its own test files; here it is only memory to fork
    sys.modules["requests"] = None  # type: ignore[assignment]
    import imagecodecs
    import jpeg_ls  # noqa: F401
    import openjpeg  # noqa: F401
    import pydicom.config
    import rle  # noqa: F401
    from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin  # noqa: F401

    from collimate.dicom import (  # noqa: F401
        clean_text,
        from_image,
        from_nifti,
        jpeg8,
        prepare,
        profile_table,
        rehearse,
    )

    _ = imagecodecs.jpeg8_decode  # the attribute loads the library
    jpeg8.register()
    profile_table.rows()
    clean_text.plain_words()
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
    # a warning may quote the value it is about, so nothing of that kind is ever written
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    rehearse.rehearse()


def leave_network() -> None:
    """Give up all network access where the kernel allows it; inherited sockets keep working."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


class Zygote:
    """The loop: accept requests, fork, reap, report."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.owner, self.pid = os.getppid(), os.getpid()
        self.running: dict[int, socket.socket] = {}
        self.wake, self.woken = socket.socketpair()

    def run(self) -> None:
        """Serve until the owner is gone."""
        self.wake.setblocking(False)
        self.woken.setblocking(False)
        signal.set_wakeup_fd(self.woken.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(self.wake, selectors.EVENT_READ)
            while os.getppid() == self.owner:
                for key, _ in selector.select(_LOOK_AROUND_S):
                    if key.fileobj is self.control and not self.accept():
                        return
                    if key.fileobj is self.wake:
                        with contextlib.suppress(BlockingIOError):
                            self.wake.recv(4096)
                self.reap()

    def accept(self) -> bool:
        """Take one request and fork for it; False when the owner has hung up."""
        try:
            message, fds, _, _ = socket.recv_fds(self.control, 1, 2)
        except OSError:
            return False
        if not message or len(fds) != 2:
            return False
        stream, status = (socket.socket(fileno=fd) for fd in fds)
        with stream:
            # the child must not run before its owner can kill it, so its handle goes out first
            held, go = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(go)
                self.become_child(stream, status, held)
            os.close(held)
            pidfd = os.pidfd_open(pid)
            with contextlib.suppress(OSError):
                socket.send_fds(status, [b"pid\n"], [pidfd])
            os.close(pidfd)
            os.write(go, b"g")
            os.close(go)
            self.running[pid] = status
        return True

    def become_child(self, stream: socket.socket, status: socket.socket, held: int) -> None:
        """Drop what belongs to the zygote, wait for the word, work, and never return."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # getppid() would name whoever inherits a child whose zygote is already gone
            harden(self.pid)
            for line in (self.control, self.wake, self.woken, status, *self.running.values()):
                line.close()
            if os.read(held, 1) == b"g":
                serve(stream)
        except BaseException:  # noqa: S110 - whatever it is, the status says enough
            pass
        finally:
            os._exit(0)

    def reap(self) -> None:
        """Report every child that has ended."""
        while self.running:
            try:
                pid, code = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            status = self.running.pop(pid, None)
            if status is not None:
                with contextlib.suppress(OSError), status:
                    status.send(b"exit %d\n" % code)


def main() -> None:
    """Entry point; whoever waits for an answer of the owner goes first."""
    os.nice(_NICE)
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    leave_network()
    warm_up()
    # a child lives for one file: collecting garbage would only copy the pages it shares
    gc.freeze()
    gc.disable()
    Zygote(control).run()
    os._exit(0)


if __name__ == "__main__":
    main()
