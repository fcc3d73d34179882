"""One browser session over a real websocket, as the server sees it."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

FINISHED = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
LARGEST_MESSAGE = 2**28


class Session:
    """A session on one page: it reruns under links, or chooses in filters, and notes errors.

    `received_bytes` and `texts` (the page's Markdown) are those of the last rerun.
    """

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self._socket = socket
        self._page = page
        self._hash = ""
        self._query = ""
        self._widgets: dict[str, str] = {}
        self.received_bytes = 0
        self.texts: list[str] = []
        self.errors: list[str] = []

    async def rerun(self, query: str) -> float:
        """Ask for a rerun under a query string; returns the milliseconds until it ended."""
        self._query = query
        return await self._run(BackMsg())

    async def choose(self, filter_name: str, words: Sequence[str]) -> float:
        """Choose these words in a filter, in the place of others; the milliseconds it took."""
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id = self._widgets[filter_name]
        widget.string_array_value.data.extend(words)
        return await self._run(message)

    async def _run(self, message: BackMsg) -> float:
        message.rerun_script.query_string = self._query
        if self._hash:
            message.rerun_script.page_script_hash = self._hash
        else:
            message.rerun_script.page_name = self._page
        started = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        self.received_bytes, self.texts, runs = 0, [], False
        async for data in self._socket:
            reply = ForwardMsg.FromString(data)  # type: ignore[arg-type]
            self.received_bytes += len(data)
            kind = reply.WhichOneof("type")
            runs |= kind == "new_session"
            if kind == "navigation":
                self._hash = reply.navigation.page_script_hash
            elif kind == "new_session" and not self._hash:
                self._hash = reply.new_session.page_script_hash
            elif kind == "page_info_changed":
                self._query = reply.page_info_changed.query_string
            elif kind == "delta":
                self._note(reply)
            elif kind == "script_finished" and runs and reply.script_finished in FINISHED:
                break
        return (time.perf_counter() - started) * 1000

    def _note(self, reply: ForwardMsg) -> None:
        element = reply.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            self.errors.append(element.alert.body)
        elif kind == "markdown":
            self.texts.append(element.markdown.body)
        elif kind == "multiselect":
            # The id of a widget ends with the key its script gave it.
            self._widgets[element.multiselect.id.rsplit("-", 1)[-1]] = element.multiselect.id


@asynccontextmanager
async def opened(
    host: str, page: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Session]:
    """A new session on `page` (empty: the root) of the server at `host`."""
    async with connect(
        f"ws://{host}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=f"http://{host}",  # type: ignore[arg-type]
        additional_headers=headers,
        compression=None,
        max_size=LARGEST_MESSAGE,
        ping_interval=None,
    ) as socket:
        yield Session(socket, page)
