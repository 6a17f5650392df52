"""A TCP proxy on loopback that hands on what clients send some milliseconds later, as a distant server would get it.

`python slow_line.py HOST PORT MILLISECONDS` prints its own port and runs until it is killed.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress

_CHUNK = 256 << 10


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Every chunk arrives `delay_s` after it came, and none waits for those before it."""
    loop = asyncio.get_running_loop()
    due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

    async def deliver() -> None:
        while True:
            at, data = await due.get()
            await asyncio.sleep(max(0.0, at - loop.time()))
            if not data:
                return
            writer.write(data)
            await writer.drain()

    delivering = asyncio.ensure_future(deliver())
    with suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            await due.put((loop.time() + delay_s, data))
    await due.put((0.0, b""))
    with suppress(ConnectionError):
        await delivering
    writer.close()


async def main(host: str, port: int, delay_s: float) -> None:
    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, port)
        for end in (writer, far_writer):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(_hand_on(reader, far_writer, delay_s), _hand_on(far_reader, writer, 0.0))

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1000))
