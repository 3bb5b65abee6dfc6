"""Which files make up which run, found without opening one, so that a large log can be read in parts."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.folders import FoundFile, ListedFolders, folders_at, is_event_file, run_name
from tb_losshealth.logs.metrics_files.listing import LogTree, MetricsFile
from tb_losshealth.logs.metrics_files.metrics_log import TRAINER_STATE, MetricsLog, metrics_run_name, training_folder
from tb_losshealth.logs.open_log import Log
from tb_losshealth.logs.problems import ReadProblem


@dataclass(slots=True)
class RunFiles:
    """The files of one run, and of runs that depend on them: what to open together.

    Attributes:
        name: of the run, "." for the root.
        events: event files by run, each with the local folder or URL below which it was found.
        metrics: files that may hold metrics.
    """

    name: str
    events: dict[str, list[tuple[str, FoundFile]]] = field(default_factory=dict)
    metrics: list[MetricsFile] = field(default_factory=list)

    @property
    def files(self) -> int:
        """The number of files."""
        return sum(map(len, self.events.values())) + len(self.metrics)

    @property
    def bytes(self) -> int:
        """How much there is to read."""
        events = (file.size for found in self.events.values() for _, file in found)
        return sum(events) + sum(file.size for file in self.metrics)


def list_runs(roots: Mapping[str, str], problems: list[ReadProblem], *, metrics_files: bool = True) -> list[RunFiles]:
    """The runs at and below some roots, each before those in its folder.

    Args:
        roots: run name prefix to folder, metrics file or URL, as `roots_of` gives.
        problems: takes what could not be listed.
        metrics_files: whether metrics files in folders count.
    """
    trees = [LogTree(root, prefix, metrics_files=metrics_files) for prefix, root in roots.items()]
    events = [(tree, file) for tree in trees for file in tree.files(problems, is_event_file)]
    metrics = [file for tree in trees for file in tree.metrics]
    owners = _Owners(metrics)
    found: dict[str, RunFiles] = {}

    def owner_of(folder: str) -> RunFiles:
        name = owners.of(folder)
        return found.setdefault(name, RunFiles(name))

    for tree, file in events:
        name = run_name(tree.prefix, file.folder or ".")
        owner_of(name).events.setdefault(name, []).append((tree.root, file._replace(folder=".")))
    for table in metrics:
        owner_of(table.folder).metrics.append(table)
    return sorted(found.values(), key=lambda files: files.name.split("/") if files.name != "." else [])


class _Owners:
    """The folder with whose files those of another one have to be opened; for nearly all folders themselves."""

    def __init__(self, metrics: Sequence[MetricsFile]) -> None:
        states = [file.folder for file in metrics if file.name == TRAINER_STATE and not file.named]
        self._trainings = {training_folder(folder) for folder in states}
        # Hugging Face's Trainer saves a state with each checkpoint; the longest counts.
        self._above = {folder: training_folder(folder) for folder in states if training_folder(folder) != folder}
        for file in metrics:
            name = metrics_run_name(file.folder, file)
            if name != file.folder:  # the file may be the run that a folder of this name holds
                self._above.setdefault(name, file.folder)

    def of(self, folder: str) -> str:
        while (above := self._above.get(folder) or self._trainer_of(folder)) is not None:
            folder = above
        return folder

    def _trainer_of(self, folder: str) -> str | None:
        """Hugging Face's Trainer writes its event files into runs/<date>_<host>/ beside its state."""
        parent = posixpath.dirname(folder)
        training = posixpath.dirname(parent) or "."
        return training if posixpath.basename(parent) == "runs" and training in self._trainings else None


def open_runs(runs: Sequence[RunFiles]) -> Log:
    """The log that consists of these runs alone; their folders are not listed again."""
    trees = {root: folders_at(root) for one in runs for files in one.events.values() for root, _ in files}
    folders = {
        "" if name == "." else name: ListedFolders({file.path: (trees[root], file) for root, file in files})
        for one in runs
        for name, files in one.events.items()
    }
    metrics = [file for one in runs for file in one.metrics]
    return Log(Logdir("", spec=folders), MetricsLog(lambda: metrics))
