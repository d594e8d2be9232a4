"""Large request bodies on their way through uvicorn, with two copies of every byte fewer."""

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class LargeBodies(HttpToolsProtocol):
    """Hands a large piece of a body on as the parser made it, where nothing waits before it.

    uvicorn collects pieces in a buffer and copies them out of it again; a piece above the limit
    at which it stops reading is all there will be in that buffer.
    """

    def on_body(self, body: bytes) -> None:
        cycle = self.cycle
        if len(body) <= HIGH_WATER_LIMIT or not cycle or cycle.body or cycle.response_complete:
            super().on_body(body)
            return
        cycle.body = body  # type: ignore[assignment] # it is only ever added to and copied
        self.flow.pause_reading()
        cycle.message_event.set()
