"""Train logs micro-batches, validation the optimizer's step: the gap is the true one, in event files and live."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tb_losshealth import Diagnosis, SummaryWriter, scan

BATCHES = 2000
GAP = 0.095
NOISE = 0.002
WITHIN_NOISE = 0.02
"""Train falls by up to 0.01 between the last two evaluations, and both curves are noisy."""


def train_loss(batch: int) -> float:
    return float(0.3 + 2.0 * np.exp(-batch / 400))


def val_loss(batch: int) -> float:
    return train_loss(batch) + GAP * batch / (BATCHES - 1)


def log(
    folder: Path,
    accumulation: float,
    *,
    evaluate_every: int = 100,
    log_every: int = 1,
    evaluation_s: float = 0.0,
    pauses: tuple[int, ...] = (),
    resumed_at: int | None = None,
    offset: int = 0,
    seed: int = 0,
    clock_runs: bool = True,
) -> tuple[Diagnosis, Diagnosis]:
    """Log a training with one clock; return what the writer and what a scan says of it."""
    rng = np.random.default_rng(seed)
    wall = 1e9
    batches = list(range(BATCHES))
    if resumed_at is not None:  # it crashed 130 batches after its last checkpoint
        batches = [*range(resumed_at + 130), *range(resumed_at, BATCHES)]
    with SummaryWriter(folder) as writer:
        for batch in batches:
            wall += clock_runs * (1.0 + (5000.0 if batch in pauses else 0.0))
            if (batch + 1) % log_every == 0:
                value = train_loss(batch) + NOISE * rng.standard_normal()
                writer.add_paired_scalars("loss", train=value, global_step=batch, walltime=wall)
            if (batch + 1) % evaluate_every == 0:
                wall += evaluation_s
                step = int((batch + 1) / accumulation) - 1 + offset
                value = val_loss(batch) + NOISE * rng.standard_normal()
                writer.add_paired_scalars("loss", val=value, global_step=step, walltime=wall)
        live = writer.diagnose("loss")
        writer.flush()
        (report,) = scan(folder)
    return live, report.diagnosis


def check(live: Diagnosis, scanned: Diagnosis, accumulation: float) -> None:
    for diagnosis in (live, scanned):
        assert diagnosis.gap.final == pytest.approx(GAP, abs=WITHIN_NOISE)
        assert ("steps_disjoint" in diagnosis.flags) == (accumulation != 1)
        assert not diagnosis.not_judged
    assert (live.verdict, live.flags, live.evaluations, live.best_step) == (
        scanned.verdict,
        scanned.flags,
        scanned.evaluations,
        scanned.best_step,
    )
    assert live.gap.final == pytest.approx(scanned.gap.final, abs=NOISE)  # live, at most 2,048 rows are kept


@pytest.mark.parametrize("accumulation", [1, 1.25, 1.5, 2, 2.5, 3, 4, 8, 16, 64])
def test_accumulation_leaves_the_gap_alone(tmp_path: Path, accumulation: float) -> None:
    check(*log(tmp_path, accumulation), accumulation)


@pytest.mark.parametrize("accumulation", [1, 1.25, 2, 2.5, 64])
@pytest.mark.parametrize(
    "how",
    [
        {"pauses": (300, 1500)},
        {"log_every": 50},
        {"log_every": 7, "evaluate_every": 130},
        {"evaluation_s": 400.0},
        {"resumed_at": 1000},
        {"offset": 1},
        {"evaluate_every": 500},
    ],
    ids=lambda how: " ".join(how),
)
def test_so_do_pauses_sparse_logs_long_evaluations_and_resumed_runs(
    tmp_path: Path, accumulation: float, how: dict[str, int]
) -> None:
    check(*log(tmp_path, accumulation, **how), accumulation)  # type: ignore[arg-type]


@pytest.mark.parametrize("accumulation", [1, 2, 64])
def test_without_wall_times_the_order_of_steps_decides_live_and_afterwards(tmp_path: Path, accumulation: float) -> None:
    live, scanned = log(tmp_path, accumulation, clock_runs=False)
    assert (live.verdict, live.flags, live.not_judged) == (scanned.verdict, scanned.flags, scanned.not_judged)
    assert ("steps_disjoint" in live.flags) == (accumulation == 64)
    assert (live.gap.final is None) == (accumulation == 64)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    accumulation=st.one_of(st.just(1.0), st.floats(1.25, 64)),
    evaluate_every=st.sampled_from([50, 100, 160, 250]),
    log_every=st.integers(1, 50),
    evaluation_s=st.sampled_from([0.0, 3.0, 300.0]),
    pauses=st.lists(st.integers(0, BATCHES - 1), max_size=3).map(tuple),
    resumed_at=st.one_of(st.none(), st.sampled_from([500, 1000])),
    offset=st.integers(-1, 1),
    seed=st.integers(0, 1000),
)
def test_however_it_is_logged_the_gap_is_the_true_one(
    tmp_path_factory: pytest.TempPathFactory, accumulation: float, **how: int
) -> None:
    check(*log(tmp_path_factory.mktemp("run"), accumulation, **how), accumulation)  # type: ignore[arg-type]
