"""Where the work is done: this process, several of this machine, or a Dask cluster that is already running."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from tb_losshealth.cli.errors import CommandError
from tb_losshealth.parallel import WorkersUnavailable, process_pool

CONNECT_S = 10
"""Seconds to wait for the answer of a Dask scheduler."""


@contextmanager
def workers(options: argparse.Namespace) -> Iterator[Executor | None]:
    """The executor that the options ask for; None for this process.

    Raises:
        CommandError: they cannot be used, or could not while they worked.
    """
    try:
        if options.dask:
            with dask_executor(options.dask) as cluster:
                yield cluster
        elif options.jobs > 1:
            with process_pool(options.jobs) as pool:
                yield pool
        else:
            yield None
    except WorkersUnavailable as error:
        raise CommandError(str(error)) from error


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """The executor of a Dask cluster, whose workers must be able to import tb_losshealth and see the log.

    Args:
        address: of the scheduler, such as "tcp://10.0.0.1:8786".

    Raises:
        WorkersUnavailable: there is no such scheduler, or it has no workers.
    """
    client = _connect(address)
    try:
        if not sum(client.nthreads().values()):
            raise WorkersUnavailable(f"the Dask scheduler at {address} has no workers; start some")
        yield client.get_executor()
    finally:
        client.close(timeout=2)


def _connect(address: str) -> Any:
    try:
        import distributed
    except ImportError as error:
        raise WorkersUnavailable("--dask needs the package distributed: pip install 'tb-losshealth[dask]'") from error
    _check_address(address, distributed)
    # Lost connections are handled here; their tracebacks say nothing to a person.
    for name in ("distributed", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return distributed.Client(address, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise WorkersUnavailable(f"no Dask scheduler answers at {address!r}: {error}") from error


def _check_address(address: str, distributed: Any) -> None:
    """Refuses what no Client can be made of: one that fails half made waits and writes tracebacks when it goes."""
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import backends

    try:
        scheme, rest = parse_address(address)
        _, port = parse_host_port(rest)
    except ValueError:
        scheme, port = "", 0
    if scheme not in backends or scheme == "inproc" or not 0 < port < 65536:
        raise WorkersUnavailable(f"{address!r} is no address of a Dask scheduler; write it as tcp://10.0.0.1:8786")
    if scheme in ("tls", "wss") and not distributed.Security().get_connection_args("client").get("ssl_context"):
        raise WorkersUnavailable(
            f"{address!r} needs certificates; name them in Dask's configuration, distributed.comm.tls"
        )
