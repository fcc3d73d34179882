"""A slow link for the bench: `python -m tests.load.slow_link PORT HOST:PORT`.

Passes every connection on at TCP level, websockets like the rest, at 20 Mbit/s each way, which all
connections share in turns, and with a round trip of 40 ms. A connection costs the round trip of its
handshake. Losses, and the slow start of TCP, are not emulated.
"""

import asyncio
import sys

import uvloop

BYTES_PER_SECOND = 20_000_000 / 8
ROUND_TRIP_SECONDS = 0.04
# Small enough that connections take turns as packets do.
SLICE_BYTES = 4096
# What a timer that rings late may catch up.
BURST_SECONDS = 0.005


class Direction:
    """One way of the link: slices pass one after the other, in the order in which they came."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._free_at = 0.0

    async def carry(self, size: int) -> None:
        """Return once `size` bytes have left."""
        clock = asyncio.get_running_loop().time
        async with self._turn:
            began = max(self._free_at, clock() - BURST_SECONDS)
            self._free_at = began + size / BYTES_PER_SECOND
            await asyncio.sleep(self._free_at - clock())


async def pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
) -> None:
    """Bring what arrives at `reader` to `writer`, until one side ends."""
    later = asyncio.get_running_loop().call_later
    try:
        while piece := await reader.read(SLICE_BYTES):
            await direction.carry(len(piece))
            later(ROUND_TRIP_SECONDS / 2, writer.write, piece)
    except ConnectionError:
        pass
    later(ROUND_TRIP_SECONDS / 2, writer.close)


async def serve(port: int, host: str, to_port: int) -> None:
    """Listen on a port of the loopback address and pass connections on, until cancelled."""
    there, back = Direction(), Direction()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(ROUND_TRIP_SECONDS)
        try:
            answers, asks = await asyncio.open_connection(host, to_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pass_on(reader, asks, there), pass_on(answers, writer, back))

    async with await asyncio.start_server(connection, "127.0.0.1", port) as listening:
        await listening.serve_forever()


if __name__ == "__main__":
    name, number = sys.argv[2].split(":")
    uvloop.run(serve(int(sys.argv[1]), name, int(number)))
