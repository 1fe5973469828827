"""Where measured messages arrive: an HTTP and an SMTP server on loopback, in a process of their own.

`python -m benchmarks.sinks http|smtp MILLISECONDS` prints its port and takes whatever comes, each after that wait.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

HTTP_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
SMTP_ANSWERS = {b"EHLO": b"250-sink\r\n250 8BITMIME", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


@contextmanager
def sink(kind: str, *, wait_ms: int = 0) -> Iterator[int]:
    """Its port."""
    command = [sys.executable, "-m", "benchmarks.sinks", kind, str(wait_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own program
        assert server.stdout  # noqa: S101
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


async def take_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float) -> None:
    while head := await _until(reader, b"\r\n\r\n"):
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        await reader.readexactly(length)
        if wait:
            await asyncio.sleep(wait)
        writer.write(HTTP_ANSWER)
        await writer.drain()
    writer.close()


async def take_smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float) -> None:
    writer.write(b"220 sink\r\n")
    while said := await _until(reader, b"\r\n"):
        word = said[:4].upper()
        writer.write(SMTP_ANSWERS.get(word, b"250 fine") + b"\r\n")
        if word == b"DATA":
            await _until(reader, b"\r\n.\r\n")
            if wait:
                await asyncio.sleep(wait)
            writer.write(b"250 taken\r\n")
        if word == b"QUIT":
            break
        await writer.drain()
    writer.close()


async def _until(reader: asyncio.StreamReader, end: bytes) -> bytes:
    """Empty where the other side has gone."""
    try:
        return await reader.readuntil(end)
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def _serve(kind: str, wait: float) -> None:
    take = {"http": take_http, "smtp": take_smtp}[kind]
    server = await asyncio.start_server(lambda r, w: take(r, w, wait), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]) / 1000))
