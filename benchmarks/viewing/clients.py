"""Several browsers at once, as the server sees them.

A client behaves like a browser: it accepts gzip, and it opens a connection per request, because TensorBoard's server
closes each one after its answer. A time runs from opening the connection to the last byte of the answer. All clients
share one event loop and do not decode the answers. Eight threads that unpack and parse JSON would share one
interpreter, and most of the measured time would be clients waiting for each other.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

import numpy as np

from benchmarks.viewing.figures import report
from benchmarks.viewing.logs import Log
from benchmarks.viewing.server import Server

CLIENTS = 8
"""Clients at once."""
REQUESTS = 100
"""Requests per client that asks without a pause."""
PAIRS = 200
"""Pairs that the clients look at."""
WIDTH = 1000
"""Width of the chart in pixels."""
PEOPLE_S = 20.0
"""Seconds for which clients that behave like people are measured."""
GOAL_MS = 50
"""Longest acceptable 95th percentile of the time of an answer."""

Get = Callable[[str], Awaitable[float]]
Client = Callable[[], Awaitable[list[float]]]


def measure_routes(server: Server, log: Log) -> None:
    """Eight clients ask for curves of different pairs while the log grows."""
    ids = [row["id"] for row in server.get(f"overview?limit={PAIRS}&spark=0")["pairs"]]
    get = _getter(server)
    for what, clients in (
        ("without a pause", _closed_loop),
        ("that choose, zoom, refresh and pause", _people),
    ):
        times = asyncio.run(_all(clients(get, log, ids)))
        report(f"a curve, median of {CLIENTS} clients {what}", float(np.median(times)), "ms", None)
        report(f"a curve, p95 of {CLIENTS} clients {what}", float(np.percentile(times, 95)), "ms", GOAL_MS)


def _getter(server: Server) -> Get:
    where = urlsplit(server.routes)

    async def get(route: str) -> float:
        """Request a route; return the milliseconds until its last byte."""
        start = time.perf_counter()
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(
            f"GET {where.path}{route} HTTP/1.1\r\nHost: {where.netloc}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if " 200 " not in head.partition("\r\n")[0]:
            raise RuntimeError(f"{route}: {head}")
        await reader.readexactly(int(head.partition("content-length:")[2].partition("\r\n")[0]))
        took = 1000 * (time.perf_counter() - start)
        writer.close()
        return took

    return get


async def _all(clients: Sequence[Client]) -> list[float]:
    return [took for times in await asyncio.gather(*(client() for client in clients)) for took in times]


def _closed_loop(get: Get, log: Log, ids: Sequence[str]) -> list[Client]:
    """Clients that ask for the next curve without a pause; the log grows, and is read, at full speed."""
    asking = CLIENTS

    async def ask(number: int) -> list[float]:
        nonlocal asking
        mine = ids[number::CLIENTS]
        times = [await get(f"pair?id={mine[request % len(mine)]}&width={WIDTH}") for request in range(REQUESTS)]
        asking -= 1
        return times

    async def follow() -> list[float]:
        while asking:
            log.grow()
            await get("overview?limit=1&spark=0")
        return []

    return [*(partial(ask, number) for number in range(CLIENTS)), follow]


def _people(get: Get, log: Log, ids: Sequence[str]) -> list[Client]:
    """Clients that pause between requests, as people do; the log grows every second."""
    end = time.perf_counter() + PEOPLE_S

    async def look(number: int) -> list[float]:
        chance = random.Random(number)
        times = []
        while time.perf_counter() < end:
            chosen = chance.choice(ids)
            times.append(await get(f"pair?id={chosen}&width={WIDTH}"))
            await asyncio.sleep(chance.uniform(0.2, 1))
            first = chance.randrange(5000)
            times.append(await get(f"pair?id={chosen}&width={WIDTH}&from={first}&to={first + 2000}"))
            await asyncio.sleep(chance.uniform(0.2, 1))
            await get("overview?limit=1&spark=0")
        return times

    async def train() -> list[float]:
        while time.perf_counter() < end:
            log.grow()
            await asyncio.sleep(1)
        return []

    return [*(partial(look, number) for number in range(CLIENTS)), train]
