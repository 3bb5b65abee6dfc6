"""The drop-in SummaryWriter: torch's own class, with train and validation logged as a pair."""

from __future__ import annotations

import atexit
import weakref
from typing import Any

from torch.utils.tensorboard import writer as torch_writer

MODES = ("min", "max")


class SummaryWriter(torch_writer.SummaryWriter):
    """A `torch.utils.tensorboard.SummaryWriter` in every respect that can also log pairs.

    What it was given is on disk when the process ends, also without `close()`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes what torch's class takes, in its order."""
        super().__init__(*args, **kwargs)
        atexit.register(_close, weakref.ref(self))

    def add_paired_scalars(
        self,
        name: str,
        *,
        train: Any = None,
        val: Any = None,
        test: Any = None,
        global_step: int | None = None,
        walltime: float | None = None,
        mode: str = "min",
    ) -> None:
        """Logs train and validation of one loss into this run, as tags `name/train`, `name/val` and `name/test`.

        Any subset may be given in one call: train for each batch, val for each epoch.

        Args:
            name: of the loss; `loss` becomes the tags `loss/train` and `loss/val`.
            train: scalar of the training set.
            val: scalar of the validation set.
            test: scalar of the test set.
            global_step: the step of all of them.
            walltime: seconds since the epoch; now, if None.
            mode: `min` where lower is better, `max` where higher is better.

        Raises:
            ValueError: nothing to log, an empty name, or a mode that is neither `min` nor `max`.
        """
        values = {split: v for split, v in (("train", train), ("val", val), ("test", test)) if v is not None}
        if not values:
            raise ValueError(f"add_paired_scalars({name!r}) got nothing to log: pass train=, val= or test=.")
        _check_pair(name, mode)
        for split, value in values.items():
            self.add_scalar(f"{name}/{split}", value, global_step, walltime)
        if val is not None:
            self.flush()  # an evaluation is rare, and the one thing a viewer waits for


def _check_pair(name: str, mode: str) -> None:
    if not isinstance(name, str) or not name.strip("/ "):
        raise ValueError(f"The name of a pair must be a string that is not empty, such as 'loss'; got {name!r}.")
    if mode not in MODES:
        raise ValueError(f"mode must be 'min' (lower is better) or 'max' (higher is better); got {mode!r}.")


def _close(reference: weakref.ref[SummaryWriter]) -> None:
    writer = reference()
    if writer is not None:
        writer.close()
