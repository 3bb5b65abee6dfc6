"""The drop-in SummaryWriter: torch's own class that also logs pairs and judges them during the training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tb_losshealth.live.live_diagnosis import LiveDiagnosis, OnOnset
from tb_losshealth.pairing.declarations import DeclaredPair, declaration_summary, encode_declarations
from tb_losshealth.pairing.pairs import Mode, TagRef
from tb_losshealth.writer.exit_and_fork import exit_on_sigterm as make_sigterm_exit
from tb_losshealth.writer.robust_writer import THIS_RUN, RobustSummaryWriter

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

VERDICT_TAG = "losshealth"
"""The Text tab shows the verdicts under this name."""


class SummaryWriter(RobustSummaryWriter):
    """A `torch.utils.tensorboard.SummaryWriter` in every respect that also judges the losses it is given.

    It pairs train and validation of one loss by their tags (`loss/train` and `loss/val`, and the other namings in
    use), or by `add_paired_scalars` and `declare_pair`. `diagnose` and `should_stop` answer while the training runs;
    `on_onset` calls back when overfitting is confirmed.

    Everything is on disk when the process ends, even without `close()`. Each validation value flushes the files. An
    error in judging gives one warning and never ends a training.

    Args:
        log_dir: folder to write to. This and the other positional arguments are those of torch's class.
        comment: appended to the folder's name if `log_dir` is None.
        purge_step: step at which a resumed training goes on; TensorBoard hides events from that step on that were
            logged before.
        max_queue: number of events that may wait for the writing thread.
        flush_secs: seconds between flushes to a remote file system; a local file gets every event immediately.
        filename_suffix: suffix of the event file's name.
        rank_zero_only: whether only rank 0 of a distributed training writes.
        exit_on_sigterm: whether SIGTERM (`kill`, a cluster's notice) becomes a normal exit, so that everything is on
            disk.

    Raises:
        OSError: the folder cannot be written to.
        ValueError: `exit_on_sigterm` although SIGTERM has a handler already, or outside the main thread.
    """

    def __init__(
        self,
        log_dir: Any = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        filename_suffix: str = "",
        *,
        rank_zero_only: bool = True,
        exit_on_sigterm: bool = False,
    ) -> None:
        if exit_on_sigterm:
            make_sigterm_exit()
        self._live = LiveDiagnosis()
        self._restarts = 0
        self._paired: dict[str, tuple[Mode, bool]] = {}
        arguments = (log_dir, comment, purge_step, max_queue, flush_secs, filename_suffix)
        super().__init__(*arguments, rank_zero_only=rank_zero_only)

    def add_paired_scalars(
        self,
        name: str,
        *,
        train: Any = None,
        val: Any = None,
        test: Any = None,
        global_step: int | None = None,
        walltime: float | None = None,
        mode: Mode | None = None,
    ) -> None:
        """Logs train and validation of one loss into this run, and declares them a pair.

        Each call may give any of the three: for example train at each batch, val at each epoch.

        Args:
            name: name of the loss; "loss" gives the tags `loss/train`, `loss/val` and `loss/test`.
            train: scalar of the training set.
            val: scalar of the validation set.
            test: scalar of the test set.
            global_step: their common step.
            walltime: seconds since the epoch; None for now.
            mode: "min" if lower is better, "max" if higher is better; None for the mode of the call before, or "min".

        Raises:
            ValueError: nothing to log, an empty name, or a mode that does not exist.
        """
        if train is None and val is None and test is None:
            raise ValueError(f"add_paired_scalars({name!r}) got nothing to log: pass train=, val= or test=.")
        known_mode, has_test = self._paired.get(name, (None, False)) if isinstance(name, str) else (None, False)
        if known_mode is None or (mode is not None and mode != known_mode) or (test is not None and not has_test):
            has_test = has_test or test is not None
            mode = mode or known_mode or "min"
            third = f"{name}/test" if has_test else None
            self.declare_pair(name, train=f"{name}/train", val=f"{name}/val", test=third, mode=mode)
            self._paired[name] = (mode, has_test)
        for split, value in (("train", train), ("val", val), ("test", test)):
            if value is not None:
                self.add_scalar(f"{name}/{split}", value, global_step, walltime)

    def declare_pair(self, name: str, *, train: str, val: str, test: str | None = None, mode: Mode = "min") -> None:
        """Declares two tags of this run train and validation of one loss. The tags may have any names.

        Args:
            name: name of the pair.
            train: tag of the training curve.
            val: tag of the validation curve.
            test: tag of a third split.
            mode: "min" if lower is better, "max" if higher is better.

        Raises:
            ValueError: a name or tag that is empty or cannot be written as UTF-8, the same tag twice, or a mode that
                does not exist.
        """
        for what, given in (("name", name), ("train", train), ("val", val), ("test", test)):
            if not (isinstance(given, str) and given.strip("/ ")) and not (what == "test" and given is None):
                raise ValueError(f"{what} of a pair must be a text that is not empty, such as 'loss', not {given!r}.")
            if given is not None and not _is_writable(given):
                raise ValueError(f"{what} of a pair must be a text that can be written as UTF-8, not {given!r}.")
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' (lower is better) or 'max' (higher is better), not {mode!r}.")
        if train == val:
            raise ValueError(f"train and val of {name!r} are both {train!r}: a pair needs two tags.")
        if test in (train, val):
            raise ValueError(f"test of {name!r} is {test!r}, as is its {'train' if test == train else 'val'}.")
        test_ref = None if test is None else TagRef(THIS_RUN, test)
        pair = DeclaredPair(THIS_RUN, name, mode, TagRef(THIS_RUN, train), TagRef(THIS_RUN, val), test_ref)
        self._paired.pop(name, None)
        if self._live.declare(pair):
            self._log_declarations()

    def diagnose(self, name: str | None = None) -> Diagnosis:
        """Judges a pair by the values logged so far, with the result that the viewer shows.

        Args:
            name: name of the pair; None for the only pair.

        Raises:
            LookupError: no pair has this name, or there are several and no name is given; the message lists them.
            TypeError: the name is not a string.
        """
        self._log_pending(wait=True)
        return self._live.diagnose(name)

    def should_stop(self, name: str | None = None) -> bool:
        """Returns whether overfitting is confirmed, so that going on would waste time.

        In a distributed training each process answers by its own values: let one decide and broadcast the answer.

        Args:
            name: name of the pair; None for any pair of losses.

        Raises:
            TypeError: the name is not a string.
        """
        self._log_pending()
        return self._live.should_stop(name)

    def on_onset(self, callback: OnOnset) -> None:
        """Calls `callback(name, diagnosis)` at the evaluation that confirms overfitting.

        It runs inside the call that logs this evaluation. That call raises any error of the callback.

        Raises:
            TypeError: `callback` cannot be called.
        """
        if not callable(callback):
            raise TypeError(f"on_onset takes a function of (name, diagnosis), not {callback!r}.")
        self._live.on_onset(callback)

    def _scalar_logged(self, run: str, tag: str, step: int, value: float, wall: float) -> None:
        if self._live.observe(run, tag, step, value, wall):
            self._flush_files()
            restarts = sum(records.restarts for records in self._record_writers.values() if records is not None)
            if restarts != self._restarts:
                self._restarts = restarts
                self._log_declarations()

    def _before_close(self) -> None:
        for name, text, step in self._live.unwritten_verdicts():
            self.add_text(f"{VERDICT_TAG}/{name}", text, step)

    def _leave_to_parent(self) -> None:
        super()._leave_to_parent()
        self._live = self._live.for_child()

    def _log_declarations(self) -> None:
        if declared := self._live.declared():
            self._get_file_writer().add_summary(declaration_summary(encode_declarations(declared)))


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
