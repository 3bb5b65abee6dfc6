"""Diagnoses, alarms and stops while the training runs. An error in judging never ends the training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tb_losshealth.live.copyable_lock import CopyableLock
from tb_losshealth.live.live_pairs import LivePairs
from tb_losshealth.live.warn_once import WarnOnce
from tb_losshealth.pairing.declarations import DeclaredPair

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

OnOnset = Callable[[str, "Diagnosis"], object]


class LiveDiagnosis:
    """Judges the pairs among the scalars it is given. Safe to use from several threads."""

    def __init__(self) -> None:
        self._pairs = LivePairs()
        self._callbacks: list[OnOnset] = []
        self._was_asked = False
        self._gave_up = False
        self._written: dict[str, str] = {}
        self._warn_once = WarnOnce()
        self._lock = CopyableLock()

    def for_child(self) -> LiveDiagnosis:
        """Returns a new one for a forked child, with the same declarations and callbacks but no scalars.

        The parent goes on judging the scalars. No lock is taken here: a thread of the parent may hold it, and that
        thread does not exist in the child.
        """
        fresh = LiveDiagnosis()
        for pair in self._pairs.declared():
            fresh.declare(pair)
        for callback in self._callbacks:
            fresh.on_onset(callback)
        return fresh

    def observe(self, run: str, tag: str, step: int, value: float, wall: float) -> bool:
        """Takes one scalar and calls the callbacks where it confirms an onset.

        The run's name is relative to the writer's folder, and `wall` is in seconds since the epoch. Returns whether
        the scalar was an evaluation of some pair.
        """
        if self._gave_up:
            return False
        try:
            with self._lock:
                evaluated = self._pairs.observe(run, tag, step, value, wall)
                alarms = [(pair.name, pair.alarm) for pair in evaluated if pair.alarm is not None]
        except Exception as error:
            self._give_up(error)
            return False
        for name, diagnosis in alarms:
            for callback in self._callbacks:
                callback(name, diagnosis)
        return bool(evaluated)

    def declare(self, pair: DeclaredPair) -> bool:
        """Makes a pair of two tags with any names. Returns False if it was declared before."""
        with self._lock:
            return self._pairs.declare(pair)

    def declared(self) -> list[DeclaredPair]:
        """Returns the declared pairs."""
        with self._lock:
            return self._pairs.declared()

    def on_onset(self, callback: OnOnset) -> None:
        """Calls `callback(name, diagnosis)` at the evaluation that confirms an onset."""
        self._was_asked = True
        self._callbacks.append(callback)

    def diagnose(self, name: str | None) -> Diagnosis:
        """Judges the pair of this name; the only pair for None.

        Raises:
            LookupError: no pair has this name; or no name is given and there is not exactly one pair.
            TypeError: the name is not a string.
        """
        _check_is_text(name)
        self._was_asked = True
        with self._lock:
            pairs = self._pairs.by_name(look_again=True)
            if name is None and len(pairs) == 1:
                (name,) = pairs
            if name is None or name not in pairs:
                raise LookupError(_which_pair(name, list(pairs)))
            return pairs[name].diagnose()

    def should_stop(self, name: str | None) -> bool:
        """Returns whether the pair of this name has a confirmed onset; for None, whether any pair of losses has one.

        Raises:
            TypeError: the name is not a string.
        """
        _check_is_text(name)
        self._was_asked = True
        try:
            with self._lock:
                pairs = self._pairs.by_name()
                if name is not None and name not in pairs:
                    pairs = self._pairs.by_name(look_again=True)
        except Exception as error:
            self._give_up(error)
            return False
        if name is None:
            return any(pair.state == "confirmed" and pair.pair.is_loss for pair in pairs.values())
        if name not in pairs and pairs:
            self._warn_once(f"no pair {name}", f"should_stop: {_which_pair(name, list(pairs))}")
        return name in pairs and pairs[name].state == "confirmed"

    def unwritten_verdicts(self) -> list[tuple[str, str, int]]:
        """Returns the verdicts that the log should keep and does not hold yet.

        Declared pairs get one. Other pairs get one only if the training code asked for a diagnosis, a stop or an
        alarm: code that changed only its import gets the same log as before.

        Returns:
            For each: the pair's name, the verdict as Markdown, the step of the latest evaluation.
        """
        fresh: list[tuple[str, str, int]] = []
        if not (self._was_asked or self._pairs.declared()):
            return fresh
        try:
            with self._lock:
                for name, pair in self._pairs.by_name(look_again=True).items():
                    if pair.evaluations and (pair.declared or self._was_asked):
                        text = _markdown(pair.diagnose())
                        if self._written.get(name) != text:
                            self._written[name] = text
                            fresh.append((name, text, pair.last_step))
        except Exception as error:
            self._give_up(error)
        return fresh

    def _give_up(self, error: Exception) -> None:
        self._gave_up = True
        self._warn_once(
            "gave up",
            "Loss Health stopped judging this training, which goes on and is logged as before, because of "
            f"{type(error).__name__}: {error}",
        )


def _check_is_text(name: object) -> None:
    if name is not None and not isinstance(name, str):
        raise TypeError(f"name must be the name of a pair, such as 'loss', not {name!r}.")


def _which_pair(name: str | None, known: list[str]) -> str:
    so_far = f"so far there are {', '.join(map(repr, known))}" if known else "so far no pair was logged"
    if name is None and known:
        return f"name the pair to judge: {so_far}."
    return (
        f"there is no pair {name or ''!r}: {so_far}. Log train and validation with add_paired_scalars(), or "
        "name their tags with declare_pair()."
    )


def _markdown(diagnosis: Diagnosis) -> str:
    lines = [f"**{diagnosis.verdict.value}**: {diagnosis.reason}"]
    if diagnosis.best_step is not None:
        lines.append(f"Best checkpoint: step {diagnosis.best_step} ({diagnosis.best_value:.6g}).")
    if diagnosis.onset is not None:
        onset = diagnosis.onset
        lines.append(f"Onset: step {onset.step} (95 % interval {onset.low} to {onset.high}).")
    return "\n\n".join(lines)
