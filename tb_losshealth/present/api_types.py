"""The shapes of the HTTP API's answers: the one source of what rows, plugin, page and documents agree on.

`docs/generate.py` writes frontend/src/types.js and the shapes in http_api.md from these classes: the comment behind a
field says what it means. The second part of an `Annotated` says what JSON holds: `encoding` writes numpy's arrays as
lists, and a `Fields` is a class of another room as `asdict` gives it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.answer.flags import FlagEntry
from tb_losshealth.health.answer.types import Gap, Onset
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.labels import Flag, Verdict
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress
from tb_losshealth.pairing.pairs import Source, TagRef

State = Literal["ready", "loading", "no_logdir", "unreadable"]
Split = Literal["train", "val"]
VerdictName = Annotated[str, Verdict]
FlagName = Annotated[str, Flag]
Steps = Annotated[NDArray[np.int64], list[int]]
Times = Annotated[NDArray[np.float64], list[float | None]]
Values = Annotated[NDArray[np.floating[Any]], list[float | None]]
SparkPoint = Annotated[list[float], tuple[int, float]]
Fields = dict[str, Any]
_Tag = Annotated[Fields, TagRef]
_Problems = list[Annotated[Fields, ReadProblem]]


class Spark(TypedDict):
    """Both curves as [step, value], at most 40 points each, finite values alone."""

    train: list[SparkPoint]
    val: list[SparkPoint]


class PairFacts(TypedDict):
    """One pair without its curves."""

    id: str  # the same for the same run, name and tags: use it in links
    run: str  # the run that holds validation
    name: str
    mode: Mode
    is_loss: bool
    verdict: VerdictName
    onset: Annotated[Fields, Onset] | None
    recovered: bool  # whether an onset was confirmed and revoked since
    best_step: int | None  # the checkpoint to keep
    best_value: float | None
    gap: Annotated[Fields, Gap]
    evaluations: int  # finite validation values
    train_points: int  # finite train values
    flags: list[FlagName]
    last_step: int | None  # of validation
    last_wall_time: float | None  # when the newest point was written, seconds since the epoch
    trainings: int  # how many the folder holds, one after the other
    severity: float  # greater is worse; pairs come in this order, then by run and name


class PairRow(PairFacts, total=False):
    """One pair in the overview."""

    spark: Spark  # left out where `spark=0` was asked for


class Pairing(TypedDict):
    """Where the curves of a pair were logged, and why they belong together."""

    train: _Tag
    val: _Tag
    test: _Tag | None
    source: Source
    reason: str


class Reasons(TypedDict):
    """Why a verdict was given."""

    reason: str  # one sentence with numbers
    not_judged: list[str]  # what could not be judged, and why; a sentence each


class ReportRow(PairFacts, Reasons):
    """One pair of `tb-losshealth report --json`."""

    pairing: Pairing
    last_value: float | None  # of validation; null where it is not finite
    last_train_value: float | None  # likewise


class TrainOnlyRow(TypedDict):
    """One loss without validation beside it."""

    id: str
    run: str
    name: str
    tag: str
    mode: Mode
    verdict: VerdictName  # of train alone
    reason: str
    points: int  # train points
    last_wall_time: float | None  # when the newest point was written, seconds since the epoch


class UnpairedTag(TypedDict):
    """A tag in no pair, and why."""

    run: str
    tag: str
    reason: str


class UnpairedTags(TypedDict):
    """Tags in no pair."""

    total: int  # how many there are
    tags: list[UnpairedTag]  # at most 200 of them


class ReadProblems(TypedDict):
    """What could not be read."""

    total: int  # how many problems there are
    list: _Problems  # at most 200 of them


class VerdictText(TypedDict):
    """How a verdict is shown and what it means."""

    title: str  # with a capital
    sign: str  # one character
    path: str  # the sign as an SVG path in a box of 16 x 16
    filled: bool  # whether the path is filled; otherwise it is stroked
    light: str  # colour on a light page, "#rrggbb"
    dark: str  # colour on a dark page
    either: str  # colour of bold text where the background is unknown
    meaning: str  # what the curves show
    advice: str  # what to do
    sources: list[str]  # who recommends that


class Glossary(TypedDict):
    """What verdicts and flags mean, the same for every log; verdicts worst first."""

    verdicts: dict[VerdictName, Annotated[Fields, VerdictText]]  # of train and validation
    train_alone: dict[VerdictName, Annotated[Fields, VerdictText]]  # of train without validation
    flags: dict[FlagName, Annotated[Fields, FlagEntry]]


class LogFacts(TypedDict):
    """What was found in the log."""

    counts: dict[VerdictName, int]  # pairs per verdict, zeroes left out
    total_pairs: int  # how many pairs the log holds
    unpaired: UnpairedTags
    problems: ReadProblems
    runs: int  # how many were looked at
    tags: int  # how many scalar tags were looked at


class OverviewHead(LogFacts):
    """The overview without its rows."""

    state: State  # "unreadable" where the folder is not there or reading failed
    logdir: str  # as the person named it, for display
    version: int  # grows when anything below changed, also over a restart of TensorBoard
    since: int | None  # the version that the rows are relative to; null where they are everything
    read_at: float | None  # wall time of the last finished read; null before the first
    progress: Annotated[Fields, Progress] | None  # while state is "loading"
    next: str | None  # the id to give as `after` for the following page; null on the last one
    removed: list[str]  # ids that are gone since then
    glossary: Glossary | None  # with the first page of everything; null in other answers


class Overview(OverviewHead):
    """What the left half of the page shows."""

    pairs: list[PairRow]  # worst first
    train_only: list[TrainOnlyRow]


class Sparks(TypedDict):
    """Sparklines by the id of their pair."""

    version: int
    sparks: dict[str, Spark]


class Curve(TypedDict):
    """A curve within a window, decimated to pixels."""

    points: int  # of the whole curve
    steps: Steps
    values: Values  # null where the logged value was not finite
    wall_times: Times  # seconds since the epoch, to the millisecond; null where unknown
    decimated: bool  # whether points within the window were left out
    first_step: int | None  # of the whole curve; null where it has no point
    last_step: int | None  # likewise


class GapColumns(TypedDict):
    """Both curves and the gap at validation's steps, all of one length."""

    steps: Steps
    train: Values  # null where train is unknown
    val: Values
    gap: Values
    wall_times: Times


class NonFinite(TypedDict):
    """A logged value that is not finite."""

    split: Split
    step: int


class Marks(TypedDict):
    """Steps worth a mark on the axis, at most 100 of each kind."""

    resumed_at: list[int]
    non_finite: list[NonFinite]


class PairDetail(Reasons):
    """One training of a pair with its curves; `row` is of that training."""

    row: PairFacts
    pairing: Pairing
    train: Curve
    val: Curve
    test: Curve | None  # of the latest training, where one was logged
    gap: GapColumns
    marks: Marks
    training: int  # which one is shown; 0 is the oldest
    trainings: int  # how many the folder holds
    steps_per_epoch: int | None  # where the run logs its epoch


class TrainOnlyDetail(TrainOnlyRow):
    """A loss without validation, with its curve."""

    not_judged: list[str]  # what could not be judged, and why; a sentence each
    flags: list[FlagName]
    train: Curve
    marks: Marks
    how_to_log: str  # a line of code that logs validation, too


class PairAnswer(PairDetail):
    """The answer of `./pair`."""

    version: int


class TrialAnswer(PairAnswer):
    """The answer of `./trial`."""

    toml: str  # what makes the two tags a pair for everybody, in losshealth.toml


class TrainOnlyAnswer(TrainOnlyDetail):
    """The answer of `./train_only`."""

    version: int


class UnpairedAnswer(UnpairedTags):
    """The answer of `./unpaired`."""

    version: int


class SavedPair(TypedDict):
    """One pair of a saved report."""

    id: str
    row: PairFacts
    spark: Spark
    trainings: list[PairDetail | None]  # oldest first, the latest always there; null where one was left out


class SavedTrainOnly(TypedDict):
    """One loss without validation of a saved report."""

    id: str
    row: TrainOnlyRow
    detail: TrainOnlyDetail


class SavedReport(TypedDict):
    """The data of a saved report, which stand in for the server."""

    overview: OverviewHead
    pairs: list[SavedPair]  # worst first
    train_only: list[SavedTrainOnly]


class ErrorAnswer(TypedDict):
    """The answer to a request that failed."""

    error: str  # what was wrong, where, and what to do
