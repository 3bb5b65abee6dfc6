"""The shapes of the HTTP API's answers: the one source of what rows, plugin, page and documents agree on.

`docs/generate.py` writes frontend/src/types.js and the shapes in http_api.md from these classes and their docstrings.
Arrays are numpy's until `encoding` writes them; the second part of an `Annotated` says what JSON then holds.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.answer.flags import Flag
from tb_losshealth.health.answer.types import Verdict

Mode = Literal["min", "max"]
State = Literal["ready", "loading", "no_logdir", "unreadable"]
Split = Literal["train", "val"]
Source = Literal["declared", "grammar", "override"]
VerdictName = Annotated[str, Verdict]
FlagName = Annotated[str, Flag]
Steps = Annotated[NDArray[np.int64], list[int]]
Times = Annotated[NDArray[np.float64], list[float | None]]
Values = Annotated[NDArray[np.floating[Any]], list[float | None]]
SparkPoint = Annotated[list[float], tuple[int, float]]


class TagRef(TypedDict):
    """Where a curve was logged."""

    run: str
    tag: str


class Onset(TypedDict):
    """Where validation turned for the worse.

    Attributes:
        step: the last step before the lasting rise
        low: first step of the 95 % interval
        high: last step of the 95 % interval
        confirmed_step: the step at which a live alarm would have come; null if never
        confidence: probability, 0 to 1, that this is overfitting
    """

    step: int
    low: int
    high: int
    confirmed_step: int | None
    confidence: float


class GapFigures(TypedDict):
    """The generalization gap, validation - train; positive means that validation is worse, for either mode.

    Attributes:
        final: at the last common evaluation
        maximum: the largest one
        maximum_step: where it was
        at_onset: at the onset
    """

    final: float | None
    maximum: float | None
    maximum_step: int | None
    at_onset: float | None


class Spark(TypedDict):
    """Both curves as [step, value], at most 40 points each, finite values alone."""

    train: list[SparkPoint]
    val: list[SparkPoint]


class PairFacts(TypedDict):
    """One pair without its curves.

    Attributes:
        id: the same for the same run, name and tags: use it in links
        run: the run that holds validation
        onset: null without one
        recovered: whether an onset was confirmed and revoked since
        best_step: the checkpoint to keep
        evaluations: finite validation values
        train_points: finite train values
        last_step: of validation
        last_wall_time: when the newest point was written, seconds since the epoch
        trainings: how many the folder holds, one after the other
        severity: greater is worse; pairs come in this order, then by run and name
    """

    id: str
    run: str
    name: str
    mode: Mode
    is_loss: bool
    verdict: VerdictName
    onset: Onset | None
    recovered: bool
    best_step: int | None
    best_value: float | None
    gap: GapFigures
    evaluations: int
    train_points: int
    flags: list[FlagName]
    last_step: int | None
    last_wall_time: float | None
    trainings: int
    severity: float


class PairRow(PairFacts, total=False):
    """One pair in the overview.

    Attributes:
        spark: left out where `spark=0` was asked for
    """

    spark: Spark


class Pairing(TypedDict):
    """Where the curves of a pair were logged, and why they belong together."""

    train: TagRef
    val: TagRef
    test: TagRef | None
    source: Source
    reason: str


class Reasons(TypedDict):
    """Why a verdict was given.

    Attributes:
        reason: one sentence with numbers
        not_judged: what could not be judged, and why; a sentence each
    """

    reason: str
    not_judged: list[str]


class ReportRow(PairFacts, Reasons):
    """One pair of `tb-losshealth report --json`.

    Attributes:
        last_value: of validation; null where it is not finite
        last_train_value: likewise
    """

    pairing: Pairing
    last_value: float | None
    last_train_value: float | None


class TrainOnlyRow(TypedDict):
    """One loss without validation beside it.

    Attributes:
        verdict: of train alone
        points: train points
        last_wall_time: when the newest point was written, seconds since the epoch
    """

    id: str
    run: str
    name: str
    tag: str
    mode: Mode
    verdict: VerdictName
    reason: str
    points: int
    last_wall_time: float | None


class UnpairedTag(TagRef):
    """A tag in no pair, and why."""

    reason: str


class UnpairedTags(TypedDict):
    """Tags in no pair.

    Attributes:
        total: how many there are
        tags: at most 200 of them
    """

    total: int
    tags: list[UnpairedTag]


class ReadProblem(TypedDict):
    """What could not be read.

    Attributes:
        offset: in bytes, where that is known
        harmless: nothing is lost by it so far
    """

    path: str
    offset: int | None
    reason: str
    harmless: bool


_Problems = list[ReadProblem]


class ReadProblems(TypedDict):
    """What could not be read.

    Attributes:
        total: how many problems there are
        list: at most 200 of them
    """

    total: int
    list: _Problems


class Progress(TypedDict):
    """How far reading has come."""

    files_done: int
    files: int
    bytes_done: int
    bytes: int


class VerdictText(TypedDict):
    """How a verdict is shown and what it means.

    Attributes:
        title: with a capital
        sign: one character
        path: the sign as an SVG path in a box of 16 x 16
        filled: whether the path is filled; otherwise it is stroked
        light: colour on a light page, "#rrggbb"
        dark: colour on a dark page
        either: colour of bold text where the background is unknown
        meaning: what the curves show
        advice: what to do
        sources: who recommends that
    """

    title: str
    sign: str
    path: str
    filled: bool
    light: str
    dark: str
    either: str
    meaning: str
    advice: str
    sources: list[str]


class FlagText(TypedDict):
    """What a flag means.

    Attributes:
        title: with a capital
        meaning: what was found
        advice: what to do
        sources: who says more about it
    """

    title: str
    meaning: str
    advice: str
    sources: list[str]


class Glossary(TypedDict):
    """What verdicts and flags mean, the same for every log; verdicts worst first.

    Attributes:
        verdicts: of train and validation
        train_alone: of train without validation
    """

    verdicts: dict[VerdictName, VerdictText]
    train_alone: dict[VerdictName, VerdictText]
    flags: dict[FlagName, FlagText]


class LogFacts(TypedDict):
    """What was found in the log.

    Attributes:
        counts: pairs per verdict, zeroes left out
        total_pairs: how many pairs the log holds
        runs: how many were looked at
        tags: how many scalar tags were looked at
    """

    counts: dict[VerdictName, int]
    total_pairs: int
    unpaired: UnpairedTags
    problems: ReadProblems
    runs: int
    tags: int


class OverviewHead(LogFacts):
    """The overview without its rows.

    Attributes:
        state: "unreadable" where the folder is not there or reading failed
        logdir: as the person named it, for display
        version: grows when anything below changed, also over a restart of TensorBoard
        since: the version that the rows are relative to; null where they are everything
        read_at: wall time of the last finished read; null before the first
        progress: while state is "loading"
        next: the id to give as `after` for the following page; null on the last one
        removed: ids that are gone since then
        glossary: with the first page of everything; null in other answers
    """

    state: State
    logdir: str
    version: int
    since: int | None
    read_at: float | None
    progress: Progress | None
    next: str | None
    removed: list[str]
    glossary: Glossary | None


class Overview(OverviewHead):
    """What the left half of the page shows.

    Attributes:
        pairs: worst first
    """

    pairs: list[PairRow]
    train_only: list[TrainOnlyRow]


class Sparks(TypedDict):
    """Sparklines by the id of their pair."""

    version: int
    sparks: dict[str, Spark]


class Curve(TypedDict):
    """A curve within a window, decimated to pixels.

    Attributes:
        points: of the whole curve
        values: null where the logged value was not finite
        wall_times: seconds since the epoch, to the millisecond; null where unknown
        decimated: whether points within the window were left out
        first_step: of the whole curve; null where it has no point
        last_step: likewise
    """

    points: int
    steps: Steps
    values: Values
    wall_times: Times
    decimated: bool
    first_step: int | None
    last_step: int | None


class GapColumns(TypedDict):
    """Both curves and the gap at validation's steps, all of one length.

    Attributes:
        train: null where train is unknown
    """

    steps: Steps
    train: Values
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
    """One training of a pair with its curves; `row` is of that training.

    Attributes:
        test: of the latest training, where one was logged
        training: which one is shown; 0 is the oldest
        trainings: how many the folder holds
        steps_per_epoch: where the run logs its epoch
    """

    row: PairFacts
    pairing: Pairing
    train: Curve
    val: Curve
    test: Curve | None
    gap: GapColumns
    marks: Marks
    training: int
    trainings: int
    steps_per_epoch: int | None


class TrainOnlyDetail(TrainOnlyRow):
    """A loss without validation, with its curve.

    Attributes:
        not_judged: what could not be judged, and why; a sentence each
        how_to_log: a line of code that logs validation, too
    """

    not_judged: list[str]
    flags: list[FlagName]
    train: Curve
    marks: Marks
    how_to_log: str


class PairAnswer(PairDetail):
    """The answer of `./pair`."""

    version: int


class TrialAnswer(PairAnswer):
    """The answer of `./trial`.

    Attributes:
        toml: what makes the two tags a pair for everybody, in losshealth.toml
    """

    toml: str


class TrainOnlyAnswer(TrainOnlyDetail):
    """The answer of `./train_only`."""

    version: int


class UnpairedAnswer(UnpairedTags):
    """The answer of `./unpaired`."""

    version: int


class SavedPair(TypedDict):
    """One pair of a saved report.

    Attributes:
        trainings: oldest first, the latest always there; null where one was left out
    """

    id: str
    row: PairFacts
    spark: Spark
    trainings: list[PairDetail | None]


class SavedTrainOnly(TypedDict):
    """One loss without validation of a saved report."""

    id: str
    row: TrainOnlyRow
    detail: TrainOnlyDetail


class SavedReport(TypedDict):
    """The data of a saved report, which stand in for the server.

    Attributes:
        pairs: worst first
    """

    overview: OverviewHead
    pairs: list[SavedPair]
    train_only: list[SavedTrainOnly]


class ErrorAnswer(TypedDict):
    """The answer to a request that failed.

    Attributes:
        error: what was wrong, where, and what to do
    """

    error: str
