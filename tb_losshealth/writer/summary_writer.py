"""The drop-in SummaryWriter: torch's own class that also logs pairs and judges them while the training runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tb_losshealth.live.live_diagnosis import OnOnset, Watch
from tb_losshealth.pairing.declarations import DeclaredPair, declaration_summary, encode_declarations
from tb_losshealth.pairing.pairs import Mode, TagRef
from tb_losshealth.writer import processes
from tb_losshealth.writer.robust_writer import THIS_RUN, RobustSummaryWriter

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

# The Text tab shows verdicts under this name.
VERDICT_TAG = "losshealth"


class SummaryWriter(RobustSummaryWriter):
    """A `torch.utils.tensorboard.SummaryWriter` in every respect that also watches the losses it is given.

    Train and validation of one loss are known by their tags (`loss/train` and `loss/val`, and the other namings in
    use) or said: `add_paired_scalars`, `declare_pair`. Ask `diagnose` and `should_stop`, or be told by `on_onset`.

    Everything is on disk when the process ends, also without `close()`, and all that was logged before a validation
    value once that is. Judging never ends a training: what fails there is warned of once.
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
        """Makes the folder and the event file.

        Args:
            log_dir: folder to write to. This and what else can be given by position is as in torch's class.
            comment: appended to the folder's name where `log_dir` is not given.
            purge_step: step at which a resumed training goes on; what was logged from there on is hidden.
            max_queue: events that may wait for the thread that writes them.
            flush_secs: seconds between flushes to a remote file system; a local file has every event at once.
            filename_suffix: of the event file.
            rank_zero_only: whether the other ranks of a distributed training write nothing.
            exit_on_sigterm: whether SIGTERM (`kill`, a cluster's notice) becomes a normal exit, after which
                everything is on disk.

        Raises:
            OSError: the folder cannot be written to.
            ValueError: `exit_on_sigterm` where SIGTERM is handled already, or outside the main thread.
        """
        if exit_on_sigterm:
            processes.exit_on_sigterm()
        self._watch = Watch()
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
        """Logs train and validation of one loss into this run, and says in the log that they belong together.

        Any subset may be given in one call: train at each batch, val at each epoch.

        Args:
            name: of the loss; "loss" becomes the tags `loss/train`, `loss/val` and `loss/test`.
            train: scalar of the training set.
            val: scalar of the validation set.
            test: scalar of the test set.
            global_step: step of all of them.
            walltime: seconds since the epoch; now, if None.
            mode: "min" where lower is better, "max" where higher is better; as in the call before, else "min", if None.

        Raises:
            ValueError: nothing to log, an empty name, or another mode.
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
        """Says which tags of this run are train and validation of one loss, whatever they are called.

        Args:
            name: what to call the pair.
            train: tag of the training curve.
            val: tag of the validation curve.
            test: tag of a third split.
            mode: "min" where lower is better, "max" where higher is better.

        Raises:
            ValueError: a name or tag that is empty or cannot be written as UTF-8, the same tag twice, or another mode.
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
        if self._watch.declare(pair):
            self._log_declarations()

    def diagnose(self, name: str | None = None) -> Diagnosis:
        """Judges a pair by what was logged so far, as the viewer does.

        Args:
            name: the pair; may be left out where there is only one.

        Raises:
            LookupError: there is no such pair, or no name and several pairs; says which there are.
            TypeError: the name is no text.
        """
        self._log_arrived(wait=True)
        return self._watch.diagnose(name)

    def should_stop(self, name: str | None = None) -> bool:
        """Whether overfitting is confirmed, live, so that training on would be a waste.

        In a distributed training each process answers for what it logged itself: let one decide and tell the rest.

        Args:
            name: the pair; if left out, any pair of losses will do.

        Raises:
            TypeError: the name is no text.
        """
        self._log_arrived()
        return self._watch.should_stop(name)

    def on_onset(self, callback: OnOnset) -> None:
        """Has `callback(name, diagnosis)` called when overfitting is confirmed, at the evaluation that does.

        It runs inside the call that logs that evaluation, and what it raises comes out of there.
        """
        if not callable(callback):
            raise TypeError(f"on_onset takes a function of (name, diagnosis), not {callback!r}.")
        self._watch.on_onset(callback)

    def _scalar_logged(self, run: str, tag: str, step: int, value: float, wall: float) -> None:
        if self._watch.observe(run, tag, step, value, wall):
            self._flush_files()
            restarts = sum(records.restarts for records in self._records.values() if records is not None)
            if restarts != self._restarts:
                self._restarts = restarts
                self._log_declarations()

    def _before_close(self) -> None:
        for name, text, step in self._watch.unwritten_verdicts():
            self.add_text(f"{VERDICT_TAG}/{name}", text, step)

    def _leave_to_parent(self) -> None:
        super()._leave_to_parent()
        self._watch = self._watch.for_child()

    def _log_declarations(self) -> None:
        if declared := self._watch.declared():
            self._get_file_writer().add_summary(declaration_summary(encode_declarations(declared)))


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
