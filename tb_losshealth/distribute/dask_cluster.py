"""Work on a Dask cluster that is already running."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tb_losshealth.distribute.outcomes import Failed, Guarded, Result, Task, WorkersUnavailable

CONNECT_S = 10
# Tasks handed out ahead, a thread of the cluster.
AHEAD = 4


class DaskCluster:
    """Does the work on the workers of a Dask scheduler, which must be able to import tb_losshealth and see the log.

    Args:
        address: of the scheduler, as "tcp://10.0.0.1:8786".
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result | Failed]:
        """The result of every task, in their order. Dask gives the work of a lost worker to another one.

        Raises:
            WorkersUnavailable: there is no such scheduler, it has no workers, or they cannot run this.
        """
        client, distributed = _connect(self._address)
        guarded: Guarded[Task, Result] = Guarded(function)
        waiting = deque(tasks)
        window: deque[Any] = deque()
        try:
            threads = sum(client.nthreads().values())
            if not threads:
                raise WorkersUnavailable(f"the Dask scheduler at {self._address} has no workers; start some")
            while waiting or window:
                while waiting and len(window) < AHEAD * threads:
                    window.append(client.submit(guarded, waiting.popleft(), pure=False))
                future = window.popleft()
                try:
                    outcome = future.result()
                except distributed.KilledWorker:
                    outcome = Failed("several workers died while reading it; was there enough memory?", died=True)
                except (ImportError, AttributeError) as error:
                    raise WorkersUnavailable(
                        f"the Dask workers cannot run this: {error}; install the same tb_losshealth there"
                    ) from error
                except (OSError, distributed.client.FutureCancelledError, distributed.CancelledError) as error:
                    raise WorkersUnavailable(f"lost the Dask scheduler at {self._address}: {error}") from error
                future.release()
                yield outcome
        finally:
            client.close(timeout=2)


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


def _connect(address: str) -> tuple[Any, Any]:
    try:
        import distributed
    except ImportError as error:
        raise WorkersUnavailable("--dask needs the package distributed: pip install 'tb-losshealth[dask]'") from error
    _check_address(address, distributed)
    # Lost connections are handled here; their tracebacks say nothing to a person.
    for name in ("distributed", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return distributed.Client(address, timeout=CONNECT_S, set_as_default=False), distributed  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise WorkersUnavailable(f"no Dask scheduler answers at {address!r}: {error}") from error
