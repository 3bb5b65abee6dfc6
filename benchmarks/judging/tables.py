"""The tables of the benchmark, as Markdown."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from benchmarks.judging import ablation as without
from benchmarks.judging import families
from benchmarks.judging.detectors import Outcome, ours
from benchmarks.judging.history import History
from benchmarks.judging.movement import moved_share
from benchmarks.judging.reliability import bins, probabilities
from benchmarks.judging.scores import Scores, macro_f1, score
from benchmarks.judging.truth import clear, quiet
from tb_losshealth.health.diagnosis import diagnose
from tb_losshealth.health.monitor import LossMonitor

BEGIN, END = "<!-- printed by benchmarks/detection.py -->", "<!-- end -->"
OURS = "tb_losshealth"
HAND_LABELLED = "hand-labelled"
WHERE_FROM = (
    f'The columns "{HAND_LABELLED}" exist only where --corpus names a folder of labelled logs; '
    "a clone has no such folder."
)


class Answers:
    """Histories and the answer of every detector.

    Attributes:
        histories: histories with a known truth.
        clear: for each history, whether its truth is settled.
        outcomes: for each detector, one outcome per history.
        milliseconds: for each detector, the mean time per history.
    """

    histories: list[History]
    clear: list[bool]
    outcomes: dict[str, list[Outcome]]
    milliseconds: dict[str, float]

    def scores(self, detector: str = OURS, keep: Callable[[History], bool] = lambda _: True) -> Scores:
        """Score a detector on the clear histories that `keep` accepts."""
        at = [i for i, h in enumerate(self.histories) if self.clear[i] and keep(h)]
        outcomes = self.outcomes[detector]
        return score([self.histories[i] for i in at], [outcomes[i] for i in at], families.REVOKED)

    def ceiling(self, keep: Callable[[History], bool] = lambda _: True) -> float:
        """Macro-F1 of the best threshold, chosen in hindsight, on the rise of the whole validation curve.

        This applies the truth's own rule to the validation set instead of the population. No detector that sees only
        part of that curve can be expected to exceed it.
        """
        kept = [h for i, h in enumerate(self.histories) if self.clear[i] and keep(h) and not np.isnan(h.own_effect)]
        truth = np.array([bool(h.overfits) for h in kept])
        effects = np.array([h.own_effect for h in kept])
        return max((macro_f1(truth, effects >= cut) for cut in np.geomspace(0.005, 1.0, 60)), default=np.nan)


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> str:
    """A Markdown table; all columns but the first are right-aligned."""
    widths = [max(len(line[i]) for line in [header, *rows]) for i in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        padded = [c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))]
        return f"| {' | '.join(padded)} |"

    rule = "|".join(["-" * (widths[0] + 2), *("-" * (w + 1) + ":" for w in widths[1:])])
    lines = [f"### {title}", "", *([note, ""] if note else []), line(header), f"|{rule}|", *map(line, rows)]
    return "\n".join(lines)


def number(value: float, digits: int = 1, unit: str = "") -> str:
    """A rounded number with its unit, or a dash where there is none."""
    return "-" if not np.isfinite(value) else f"{value:.{digits}f}{unit}"


def summary(synthetic: Answers, real: Answers, labelled: Answers | None) -> str:
    """Figures of tb_losshealth, one column per set."""
    columns = {
        "synthetic": synthetic.scores(),
        "real, quiet": real.scores(keep=quiet),
        "real, all": real.scores(),
    }
    ceilings = {"real, quiet": real.ceiling(quiet), "real, all": real.ceiling()}
    if labelled is not None:
        columns[HAND_LABELLED] = labelled.scores()
    moved = {
        "synthetic": moved_share(synthetic.histories, synthetic.outcomes[OURS]),
        "real, all": moved_share(real.histories, real.outcomes[OURS]),
    }
    figures: dict[str, Callable[[str, Scores], str]] = {
        "histories": lambda _, s: str(s.count),
        'F1 of "overfits"': lambda _, s: number(s.f1, 3),
        "macro-F1": lambda _, s: number(s.macro_f1, 3),
        "95 % range of macro-F1": lambda _, s: f"{s.macro_f1_range[0]:.3f}-{s.macro_f1_range[1]:.3f}",
        "macro-F1 of the whole validation curve": lambda c, _: number(ceilings.get(c, np.nan), 3),
        "onset error, median, % of the run": lambda _, s: number(s.onset_error, 1),
        "onset error, 90th percentile, % of the run": lambda _, s: number(s.onset_error_p90, 1),
        "coverage of the 95 % interval": lambda _, s: number(s.coverage, 1, " %"),
        "width of the interval, median, % of the run": lambda _, s: number(s.width, 1),
        "regret of the checkpoint, median": lambda _, s: number(s.regret_median, 2, " %"),
        "regret of the checkpoint, mean": lambda _, s: number(s.regret, 2, " %"),
        "overfitting runs with a live alarm": lambda _, s: number(s.detected, 0, " %"),
        "delay of the live alarm, median, % of the run": lambda _, s: number(s.delay, 1),
        "runs with a false live alarm": lambda _, s: number(s.false_live, 1, " %"),
        "onset leaves its interval, per new evaluation": lambda c, _: number(moved.get(c, np.nan), 2, " %"),
    }
    rows = [[name, *(figure(c, s) for c, s in columns.items())] for name, figure in figures.items()]
    return table("tb_losshealth", ["", *columns], rows, "" if labelled is None else WHERE_FROM)


def rules(sets: Mapping[str, Answers]) -> str:
    """tb_losshealth beside every rule in use."""
    header = ["rule"]
    for name in sets:
        header += [f"{name}: F1", "macro"]
    header += ["onset error", "regret", "live delay", "false live", "ms"]
    rows = []
    synthetic = sets["synthetic"]
    for detector in synthetic.outcomes:
        row = [f"**{detector}**" if detector == OURS else detector]
        for answers in sets.values():
            s = answers.scores(detector)
            row += [number(s.f1, 2), number(s.macro_f1, 2)]
        s = synthetic.scores(detector)
        row += [number(s.onset_error), number(s.regret_median, 2), number(s.delay), number(s.false_live)]
        rows.append([*row, number(synthetic.milliseconds[detector], 2)])
    note = (
        'F1 of "overfits" and macro-F1 at the end of the run. The other columns are measured on the synthetic '
        "histories: median error of the onset (% of the run); median regret of the checkpoint kept (% of what training "
        "had gained; a rule keeps the best checkpoint before it fires); median delay of the live alarm (% of the run); "
        "runs with a false live alarm (%); milliseconds per history."
    )
    if HAND_LABELLED in sets:
        note = f"{note} {WHERE_FROM}"
    return table("Beside the rules in use", header, rows, note)


def false_alarms(synthetic: Answers) -> str:
    """False alarms in each family that does not overfit."""
    beside = ("trainproof 0.18", "final rise 10%", "EarlyStopping patience 10", "sk-autod")
    names = sorted({h.family for h in synthetic.histories if h.overfits is False})
    rows = []
    for name in names:
        at = [i for i, h in enumerate(synthetic.histories) if h.family == name]

        def share(detector: str, live: bool, at: list[int] = at) -> str:
            outcomes = [synthetic.outcomes[detector][i] for i in at]
            return number(100 * float(np.mean([o.alarm is not None if live else o.overfits for o in outcomes])), 0)

        live = "(rises)" if name in families.REVOKED else share(OURS, True)
        rows.append([name, str(len(at)), share(OURS, False), live, *(share(rule, False) for rule in beside)])
    header = ["family without overfitting", "runs", "ours", "ours, live", *beside]
    note = "% of runs. In families marked (rises), validation truly rises for a while, so a live alarm is no error."
    return table("False alarms", header, rows, note)


def level(histories: Mapping[int, Sequence[History]]) -> str:
    """False alarms of tb_losshealth where validation only scatters, by number of evaluations."""
    rows = []
    for evaluations, group in histories.items():
        outcomes = [ours(h) for h in group]
        shares = [[o.overfits for o in outcomes], [o.alarm is not None for o in outcomes]]
        percent = [number(100 * float(np.mean(share)), 0) for share in shares]
        rows.append([str(evaluations), str(len(outcomes)), *percent])
    note = "% of runs. A run with more evaluations gives chance more occasions."
    return table("Level validation", ["evaluations", "runs", "called overfitting", "live alarm"], rows, note)


def strata(synthetic: Answers, loud: Sequence[History]) -> str:
    """tb_losshealth by length, noise and size of the rise."""
    groups: dict[str, Callable[[History], bool]] = {}
    for low, high in ((5, 7), (8, 12), (13, 39), (40, 199), (200, 1000)):
        groups[f"{low}-{high} evaluations"] = lambda h, a=low, b=high: a <= len(h.steps) <= b  # type: ignore[misc]
    for small, large in ((0.0, 0.01), (0.01, 0.03), (0.03, 0.08)):
        groups[f"noise {small:.0%}-{large:.0%} of the descent"] = (
            lambda h, a=small, b=large: a < h.noise <= b  # type: ignore[misc]
        )
    rows = []
    for name, keep in groups.items():
        s = synthetic.scores(keep=keep)
        row = [number(s.macro_f1, 3), number(s.onset_error), number(s.onset_error_p90), number(s.coverage)]
        rows.append([name, str(s.count), *row, number(s.width), "-"])
    noisy = [h for h in loud if clear(h)]
    s = score(noisy, [ours(h) for h in noisy], families.REVOKED)
    row = [number(s.macro_f1, 3), number(s.onset_error), number(s.onset_error_p90), number(s.coverage)]
    rows.append(["noise 8%-40% of the descent (only in this row)", str(s.count), *row, number(s.width), "-"])
    for small, large in ((0.02, 0.05), (0.05, 0.1), (0.1, 0.3), (0.3, 9.0)):
        at = [i for i, h in enumerate(synthetic.histories) if h.overfits and small <= h.effect < large]
        found = 100 * float(np.mean([synthetic.outcomes[OURS][i].overfits for i in at])) if at else np.nan
        label = f"rise {small:.0%}-{large:.0%} of the descent" if large < 9 else f"rise above {small:.0%}"
        rows.append([label, str(len(at)), "-", "-", "-", "-", "-", number(found, 0, " %")])
    header = ["stratum", "runs", "macro-F1", "onset error", "90th percentile", "coverage %", "width", "found"]
    return table("By length, noise and size of the rise", header, rows)


def verdicts(synthetic: Answers) -> str:
    """How many runs of each family get each verdict."""
    verdicts = ("overfitting", "widening_gap", "improving", "converged", "underfitting", "diverging", "unstable")
    rows = []
    for name in dict.fromkeys(h.family for h in synthetic.histories):
        count = Counter(
            o.verdict for h, o in zip(synthetic.histories, synthetic.outcomes[OURS], strict=True) if h.family == name
        )
        rows.append([name, *(str(count[verdict]) if count[verdict] else "" for verdict in verdicts)])
    return table("Verdicts by family", ["family", *verdicts], rows, "Number of runs.")


def ablation(synthetic: Sequence[History], real: Sequence[History]) -> str:
    """Scores without each condition."""
    rows = []
    for name, result in without.run(synthetic, real).items():
        rows.append(
            [
                name,
                number(result.synthetic.macro_f1, 3),
                number(result.worst_share, 0),
                result.worst_family,
                number(result.synthetic.false_live, 1),
                number(result.real.macro_f1, 3),
            ]
        )
    header = ["without", "macro-F1", "most false alarms, %", "in", "false live, %", "real: macro-F1"]
    note = (
        "Each row leaves out one condition. The weights are fitted anew on the tuning split each time, except in the "
        "first row and for negligible rises and holding."
    )
    return table("Ablation", header, rows, note)


def confidence(histories: Sequence[History]) -> str:
    """Stated probability against the share of runs that truly overfit."""
    rows = [
        [f"{b.low:.0%} - {b.high:.0%}", str(b.count), number(100 * b.stated, 0), number(100 * b.true, 0)]
        for b in bins(*probabilities(histories))
    ]
    note = "All histories in which a rise is visible. The mix of families is the prior."
    return table("Confidence", ["stated", "runs", "mean stated, %", "truly overfitting, %"], rows, note)


def speed() -> str:
    """Times of `diagnose` and `LossMonitor` on this machine."""
    rng = np.random.default_rng(0)

    def run(evaluations: int, train: int) -> tuple[tuple[object, object], tuple[object, object]]:
        x, tx = np.arange(evaluations) / evaluations, np.arange(train) / train
        val = np.exp(-6 * x) + 0.6 * np.maximum(x - 0.4, 0) + 0.02 * rng.standard_normal(evaluations)
        return (np.arange(train), np.exp(-5 * tx)), (np.arange(1, evaluations + 1) * (train // evaluations), val)

    def best(times: int, evaluations: int, train: int) -> float:
        taken = []
        t, v = run(evaluations, train)
        for _ in range(times):
            start = time.perf_counter()
            diagnose(t, v)  # type: ignore[arg-type]
            taken.append(time.perf_counter() - start)
        return 1000 * float(np.median(taken))

    t, v = run(200, 10_000)
    start = time.perf_counter()
    for _ in range(1000):
        diagnose(t, v)  # type: ignore[arg-type]
    thousand = time.perf_counter() - start
    monitor, live = LossMonitor(), []
    for step in range(3000):
        monitor.add_train(step, float(np.exp(-step / 500)))
        start = time.perf_counter()
        monitor.add_val(step, float(np.exp(-step / 300) + 0.01 * rng.standard_normal()))
        live.append(time.perf_counter() - start)
    rows = [
        ["diagnose, 200 evaluations, 10,000 train points", number(best(50, 200, 10_000), 2, " ms")],
        ["1,000 such pairs", number(thousand, 2, " s")],
        ["diagnose, 100,000 evaluations", number(best(5, 100_000, 100_000), 0, " ms")],
        ["LossMonitor.add_val, evaluations 1 to 1,000, median", number(1000 * float(np.median(live[:1000])), 2, " ms")],
        ["LossMonitor.add_val, evaluations 2,001 to 3,000, mean", number(1000 * float(np.mean(live[2000:])), 2, " ms")],
    ]
    return table("Speed", ["", "one core"], rows)
