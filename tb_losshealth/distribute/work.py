"""Does something with every batch of runs, wherever it is done; what fails is said and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tb_losshealth.distribute.batches import Batch
from tb_losshealth.distribute.outcomes import Executor, Failed, Result


def for_each_batch(
    function: Callable[[Batch], Result], batches: Sequence[Batch], executor: Executor
) -> Iterator[tuple[Batch, Result | Failed]]:
    """Calls a function on every batch.

    Where it fails, or takes its process down, the groups of the batch are done again one by one, so that only what
    is at fault is lost.

    Args:
        function: at the top level of a module, so that other processes can import it.
        batches: what to call it on.
        executor: where.

    Yields:
        Each batch, or each group of one that failed, with its result, in order.
    """
    for batch, outcome in zip(batches, executor.map(function, batches), strict=True):
        if isinstance(outcome, Failed) and len(batch.groups) > 1:
            apart = batch.apart()
            yield from zip(apart, executor.map(function, apart), strict=True)
        else:
            yield batch, outcome
