"""What a writer knows of its training: answers and alarms. Judging never ends a training."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tb_losshealth.live.live_pairs import LivePairs
from tb_losshealth.live.warn_once import Once
from tb_losshealth.pairing.declarations import DeclaredPair

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

OnOnset = Callable[[str, "Diagnosis"], object]


class Watch:
    """Judges what is logged. Safe to use from several threads."""

    def __init__(self) -> None:
        """Starts with nothing logged."""
        self._pairs = LivePairs()
        self._callbacks: list[OnOnset] = []
        self._was_asked = False
        self._gave_up = False
        self._written: dict[str, str] = {}
        self._once = Once()
        self.renew_lock()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.renew_lock()

    def renew_lock(self) -> None:
        """For a copy: a lock belongs to the process, and the object, that made it."""
        self._lock = threading.RLock()

    def for_child(self) -> Watch:
        """One for a forked child: with what was declared and who wants to know, without what the parent logged.

        The parent goes on judging that. Takes no lock: a thread of the parent may hold it, which the child lacks.
        """
        fresh = Watch()
        for pair in self._pairs.declared():
            fresh.declare(pair)
        for callback in self._callbacks:
            fresh.on_onset(callback)
        return fresh

    def observe(self, run: str, tag: str, step: int, value: float, wall: float) -> bool:
        """Takes one scalar; returns whether some pair was evaluated. Calls those who want to know of an onset."""
        if self._gave_up:
            return False
        try:
            with self._lock:
                evaluated = self._pairs.observe(run, tag, step, value, wall)
                if not evaluated:
                    return False
                alarms = [(pair.name, pair.alarm) for pair in evaluated if pair.alarm is not None]
        except Exception as error:
            self._give_up(error)
            return False
        for name, diagnosis in alarms:
            for callback in self._callbacks:
                callback(name, diagnosis)
        return True

    def declare(self, pair: DeclaredPair) -> bool:
        """Makes a pair of two tags, whatever they are called; returns whether that is news."""
        with self._lock:
            return self._pairs.declare(pair)

    def declared(self) -> list[DeclaredPair]:
        """What was declared."""
        with self._lock:
            return self._pairs.declared()

    def on_onset(self, callback: OnOnset) -> None:
        """Has `callback` called with name and diagnosis when an onset is confirmed."""
        self._was_asked = True
        self._callbacks.append(callback)

    def diagnose(self, name: str | None) -> Diagnosis:
        """Judges a pair; the only one, if no name is given.

        Raises:
            LookupError: there is no such pair, or more than one to choose from.
            TypeError: the name is no text.
        """
        _refuse_other_than_text(name)
        self._was_asked = True
        with self._lock:
            pairs = self._pairs.by_name(look_again=True)
            if name is None and len(pairs) == 1:
                (name,) = pairs
            if name is None or name not in pairs:
                raise LookupError(_which_pair(name, list(pairs)))
            return pairs[name].diagnose()

    def should_stop(self, name: str | None) -> bool:
        """Whether an onset stands confirmed for the pair; for any pair of losses, if no name is given.

        Raises:
            TypeError: the name is no text.
        """
        _refuse_other_than_text(name)
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
            self._once.warn(f"no pair {name}", f"should_stop: {_which_pair(name, list(pairs))}")
        return name in pairs and pairs[name].state == "confirmed"

    def unwritten_verdicts(self) -> list[tuple[str, str, int]]:
        """Verdicts that the log should keep and does not yet: name, Markdown, step of the latest evaluation.

        These are of declared pairs, and of all pairs once somebody asked for one: where training code did no more
        than change its import, the log holds what it did before.
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
        self._once.warn(
            "gave up",
            "Loss Health stopped judging this training, which goes on and is logged as before, because of "
            f"{type(error).__name__}: {error}",
        )


def _refuse_other_than_text(name: object) -> None:
    if name is not None and not isinstance(name, str):
        raise TypeError(f"a pair is asked for by its name, such as 'loss', not by {name!r}.")


def _which_pair(name: str | None, known: list[str]) -> str:
    so_far = f"so far there are {', '.join(map(repr, known))}" if known else "so far nothing was logged that makes one"
    if name is None and known:
        return f"name the pair to judge: {so_far}."
    return (
        f"there is no pair {name or ''!r}: {so_far}. Log train and validation with add_paired_scalars(), or say "
        "which tags they are with declare_pair()."
    )


def _markdown(diagnosis: Diagnosis) -> str:
    lines = [f"**{diagnosis.verdict.value}**: {diagnosis.reason}"]
    if diagnosis.best_step is not None:
        lines.append(f"Best checkpoint: step {diagnosis.best_step} ({diagnosis.best_value:.6g}).")
    if diagnosis.onset is not None:
        onset = diagnosis.onset
        lines.append(f"Onset: step {onset.step} (95 % interval {onset.low} to {onset.high}).")
    return "\n\n".join(lines)
