"""A visitor without a browser: speaks to the program as its pages do, over the websocket."""

from collections.abc import Iterator
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.serving import Server

COOKIE = "office"


class Visitor:
    """One open page of somebody who has this cookie."""

    def __init__(self, server: Server, cookie: str) -> None:
        self._connection = connect(
            server.url.replace("http", "ws") + "/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Cookie": f"{COOKIE}={cookie}"},
            origin=server.url,  # type: ignore[arg-type]
            max_size=None,
        )

    def __enter__(self) -> Self:
        self._socket = self._connection.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.__exit__(kind, error, trace)

    def open(self, page: str, query: str = "") -> str:
        """Open a page; everything that is drawn on it, as text to search."""
        ask = BackMsg()
        ask.rerun_script.page_name = page
        ask.rerun_script.query_string = query
        self._socket.send(ask.SerializeToString())
        return "\n".join(self._drawn())

    def _drawn(self) -> Iterator[str]:
        answer = ForwardMsg()
        while answer.WhichOneof("type") != "script_finished":
            answer.ParseFromString(self._socket.recv(60))  # type: ignore[arg-type]
            if answer.WhichOneof("type") == "delta":
                yield str(answer.delta.new_element)


def drawn(server: Server, page: str, query: str, cookie: str) -> str:
    """Everything that is drawn on a page for whoever has the cookie."""
    with Visitor(server, cookie) as visitor:
        return visitor.open(page, query)
