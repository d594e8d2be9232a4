"""A small DICOMweb server that answers from memory, and misbehaves when it is told to."""

import io
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pydicom


class Pacs:
    """`studies` are instances by Study Instance UID; `asked` are the paths that were asked for."""

    def __init__(self, studies: dict[str, list[bytes]]) -> None:
        self.studies = studies
        self.asked: list[str] = []
        self.redirect_to: str | None = None
        self.cut_off_at: int | None = None
        self.on_study: Callable[[], None] = lambda: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.answer(self)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self.redirect_to is not None:
            handler.send_response(302)
            handler.send_header("location", self.redirect_to)
            handler.end_headers()
            return
        uid = handler.path.split("?")[0].removeprefix("/studies").strip("/")
        kind = 'multipart/related; type="application/dicom"; boundary=x'
        asked = parse_qs(urlsplit(handler.path).query)
        body = self.multipart(uid) if uid else self.listed(asked.get("ModalitiesInStudy", [""])[0])
        handler.send_response(200)
        handler.send_header("content-type", kind if uid else "application/dicom+json")
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        if uid:
            self.on_study()
        if uid and self.cut_off_at is not None:
            body = body[: self.cut_off_at]
        handler.wfile.write(body)
        handler.close_connection = True

    def listed(self, modality: str) -> bytes:
        studies = [_listed(*study) for study in self.studies.items()]
        found = [one for one in studies if modality in ("", one["00080061"]["Value"][0])]
        return json.dumps(found).encode()

    def multipart(self, uid: str) -> bytes:
        head = b"--x\r\nContent-Type: application/dicom\r\n\r\n"
        parts = [head + one for one in self.studies[uid]]
        return b"\r\n".join(parts) + b"\r\n--x--\r\n"


def _listed(uid: str, instances: list[bytes]) -> dict[str, Any]:
    first = pydicom.dcmread(io.BytesIO(instances[0]), stop_before_pixels=True)
    values = {
        "0020000D": ("UI", uid),
        "00080020": ("DA", first.StudyDate),
        "00080061": ("CS", first.Modality),
        "00081030": ("LO", first.get("StudyDescription", "")),
        "00100010": ("PN", {"Alphabetic": str(first.PatientName)}),
        "00201206": ("IS", 1),
        "00201208": ("IS", len(instances)),
    }
    return {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in values.items()}
