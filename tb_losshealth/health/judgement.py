"""The decision: which verdict two aligned curves deserve, and where validation turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.answer import Verdict
from tb_losshealth.health.noise import autocorrelation, clip_spikes, noise_level
from tb_losshealth.health.series import Floats
from tb_losshealth.health.unimodal import fit_unimodal

MIN_EVALUATIONS = 3
MIN_FOR_ONSET = 5
CHI2_95 = 3.84


@dataclass(frozen=True, slots=True)
class Turn:
    """Where validation turned, as indices of evaluations, and how sure that is."""

    index: int
    low: int
    high: int
    confidence: float
    rise: float
    train_fall: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """Verdict with the figures it rests on; values in units of the (scaled) curves."""

    verdict: Verdict
    turn: Turn | None
    sigma: float
    spikes: int
    recovered: bool = False


def judge(v: Floats, t: Floats | None) -> Judgement:
    """Judge validation `v` (lower is better, finite) beside train `t` at the same evaluations (NaN where unknown)."""
    n = len(v)
    if n < MIN_EVALUATIONS:
        return Judgement(Verdict.INCONCLUSIVE, None, 0.0, 0)
    clipped, spikes = clip_spikes(v)
    fit = fit_unimodal(clipped, np.ones(n))
    k = fit.turn
    residual_sse = max(float(fit.sse_at[k]), 0.0)
    tiny = 1e-12 * float(np.max(np.abs(v)))
    sigma = max(noise_level(clipped), np.sqrt(residual_sse / n), tiny)
    after = n - 1 - k
    turn = None
    ends = _window(n)
    end = float(np.median(clipped[-min(ends, after) :])) if after else fit.level
    rise = end - fit.level
    descent = max(float(np.max(clipped[: max(1, min(3, k + 1))])) - fit.level, 0.0)
    smooth_t = _interpolate(t, n)
    train_fall = 0.0
    if after >= 2 and n >= MIN_FOR_ONSET and smooth_t is not None:
        trace = np.r_[np.minimum.accumulate(clipped[: k + 1])]
        drawups = float(np.max(clipped[: k + 1] - trace)) if k else 0.0
        ratio = (1 + 0.0) / 1.0
        rho = autocorrelation(clipped - np.interp(np.arange(n), np.arange(n), _rolling(clipped)))
        ratio = (1 + rho) / (1 - rho)
        z = rise / (sigma * np.sqrt(ratio * (1 / min(ends, after) + 1 / min(ends, k + 1))))
        f = (float(fit.sse_at[-1]) - residual_sse) / (max(residual_sse, n * tiny**2) / max(n - 3, 1)) / ratio
        train_end = float(np.median(smooth_t[-min(ends, after) :]))
        train_turn = float(np.median(smooth_t[max(0, k - ends + 1) : k + 1]))
        train_fall = train_turn - train_end
        if (
            z > 3.0
            and f > 8.0
            and rise > 0.08 * max(descent, train_fall)
            and rise > 1.2 * drawups
            and train_fall > -0.25 * rise
        ):
            near = np.flatnonzero(fit.sse_at - fit.sse_at[k] <= CHI2_95 * sigma**2 * ratio)
            confidence = 1 / (1 + np.exp(-(z - 4.0)))
            turn = Turn(k, int(near[0]), int(near[-1]), float(confidence), rise, train_fall)
            return Judgement(Verdict.OVERFITTING, turn, sigma, spikes)
        if z > 3.0 and f > 8.0 and rise > 0.08 * descent and train_fall < -0.25 * rise and rise > drawups:
            return Judgement(Verdict.DIVERGING, None, sigma, spikes)
    return Judgement(_without_turn(clipped, smooth_t, sigma), turn, sigma, spikes)


def _without_turn(v: Floats, t: Floats | None, sigma: float) -> Verdict:
    n = len(v)
    third = max(1, n // 3)
    descent = float(np.median(v[: min(2, third)]) - np.min(_rolling(v)))
    recent = float(np.median(v[-2 * third : -third]) - np.median(v[-third:]))
    noise = sigma * np.sqrt(2 / third)
    if descent < 3 * sigma:
        if t is None:
            return Verdict.UNSTABLE if n >= MIN_FOR_ONSET else Verdict.INCONCLUSIVE
        level = max(abs(float(np.median(v))), 1e-300)
        if n < MIN_FOR_ONSET:
            return Verdict.INCONCLUSIVE
        return Verdict.UNSTABLE if sigma > 0.1 * level else Verdict.UNDERFITTING
    if recent > max(2 * noise, 0.03 * descent):
        return Verdict.IMPROVING
    if n < MIN_FOR_ONSET:
        return Verdict.INCONCLUSIVE
    if t is not None:
        train_recent = float(np.median(t[-2 * third : -third]) - np.median(t[-third:]))
        train_descent = float(np.max(t[: max(1, third)]) - np.min(t))
        train_sigma = noise_level(t)
        if train_recent > max(2 * train_sigma * np.sqrt(2 / third), 0.05 * train_descent, 2 * recent):
            return Verdict.WIDENING_GAP
    level = abs(float(np.median(v[: min(2, third)])))
    return Verdict.UNDERFITTING if descent < 0.1 * level else Verdict.CONVERGED


def _window(n: int) -> int:
    return max(2, min(25, n // 8))


def _rolling(v: Floats) -> Floats:
    width = 3 if len(v) >= 5 else 1
    padded = np.pad(v, width // 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)


def _interpolate(t: Floats | None, n: int) -> Floats | None:
    if t is None:
        return None
    known = np.isfinite(t)
    if known.sum() < 2:
        return None
    at = np.arange(n)
    return np.interp(at, at[known], t[known])
