"""The bench's proxy: a visitor with its cookie stays, visitors without one take turns."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

from tests.load.server import LOOPBACK, free_port
from tests.load.sticky import serve

REQUEST = "GET / HTTP/1.1\r\nHost: here\r\n{cookie}\r\n"


async def _named(stack, name):
    """A server that answers every request with its name."""

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + name)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(answer, LOOPBACK, 0)
    await stack.enter_async_context(listening)
    return f"{LOOPBACK}:{listening.sockets[0].getsockname()[1]}"


async def _ask(port, cookie=""):
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(REQUEST.format(cookie=cookie and f"Cookie: theme=dark; {cookie}\r\n").encode())
    head = await reader.readuntil(b"\r\n\r\n")
    name = await reader.readexactly(1)
    writer.close()
    cookies = [line for line in head.decode().split("\r\n") if line.startswith("Set-Cookie: ")]
    return name, cookies


async def _visits():
    async with AsyncExitStack() as stack:
        servers = [await _named(stack, name) for name in (b"A", b"B")]
        port = free_port()
        proxy = asyncio.create_task(serve(port, servers))
        while not proxy.done():
            try:
                first = await _ask(port)
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0)
        strangers = [await _ask(port) for _ in range(3)]
        returning = [await _ask(port, "server=1") for _ in range(3)]
        proxy.cancel()
        return first, strangers, returning


def test_a_cookie_leads_back_to_its_server_and_strangers_take_turns():
    # In a thread of its own: the browser of other tests leaves a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        first, strangers, returning = pool.submit(asyncio.run, _visits()).result()
    assert first == (b"A", ["Set-Cookie: server=0; Path=/; HttpOnly"])
    assert [name for name, _ in strangers] == [b"B", b"A", b"B"]
    assert returning == [(b"B", [])] * 3
