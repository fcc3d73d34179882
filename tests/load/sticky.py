"""A sticky reverse proxy for the bench: `python -m tests.load.sticky PORT HOST:PORT ...`.

The first answer to a client sets a cookie that names the server which gave it; whoever brings the
cookie reaches that server again, everybody else the next in turn. What Bellwether asks of a load
balancer is no more than this.
"""

import asyncio
import itertools
import re
import sys
from collections.abc import Iterator, Sequence

import uvloop

COOKIE = re.compile(rb"\r\n[Cc]ookie:[^\r]*\bserver=(\d+)")
END_OF_HEAD = b"\r\n\r\n"


class Half(asyncio.Protocol):
    """One of the two connections of a visit: what arrives on it leaves on the other.

    `set_cookie` goes into the head of the first answer that arrives.
    """

    def __init__(self, other: asyncio.Transport | None = None, set_cookie: bytes = b"") -> None:
        self.other = other
        self._set_cookie = set_cookie

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self._set_cookie and END_OF_HEAD in data:
            data = data.replace(END_OF_HEAD, self._set_cookie + END_OF_HEAD, 1)
            self._set_cookie = b""
        if self.other is not None:
            self.other.write(data)

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.resume_reading()

    def connection_lost(self, _: Exception | None) -> None:
        if self.other is not None:
            self.other.close()


class Visit(Half):
    """A client's connection: its first request decides which server it is joined with."""

    def __init__(self, servers: Sequence[str], turns: Iterator[int]) -> None:
        super().__init__()
        self._servers = servers
        self._turns = turns
        self._request = b""

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.write(data)
            return
        self._request += data
        if END_OF_HEAD in self._request:
            self.transport.pause_reading()
            self._joining = asyncio.create_task(self._join())

    async def _join(self) -> None:
        cookie = COOKIE.search(self._request)
        number = int(cookie[1]) % len(self._servers) if cookie else next(self._turns)
        named = b"" if cookie else b"\r\nSet-Cookie: server=%d; Path=/; HttpOnly" % number
        host, port = self._servers[number].split(":")
        try:
            self.other, _ = await asyncio.get_running_loop().create_connection(
                lambda: Half(self.transport, named), host, int(port)
            )
        except OSError:
            self.transport.close()
            return
        self.other.write(self._request)
        self.transport.resume_reading()


async def serve(port: int, servers: Sequence[str]) -> None:
    """Listen on a port of the loopback address and pass visits on, until cancelled."""
    turns = itertools.cycle(range(len(servers)))
    loop = asyncio.get_running_loop()
    async with await loop.create_server(
        lambda: Visit(servers, turns), "127.0.0.1", port
    ) as listening:
        await listening.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.argv[2:]))
