"""What each verdict is called, how it looks, what it means and what to do: the one table that every form shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tb_losshealth.health.labels import Verdict


@dataclass(frozen=True, slots=True)
class Colours:
    """One colour for each background, as "#rrggbb".

    Attributes:
        light: for text on a light page, with a contrast of at least 4.5.
        dark: for text on a dark page, likewise.
        either: for bold text where the background is unknown (a terminal, a notebook), with at least 3 on both.
    """

    light: str
    dark: str
    either: str


@dataclass(frozen=True, slots=True)
class VerdictEntry:
    """One row of the table.

    Attributes:
        title: its name for people, with a capital.
        sign: one character that shows it in text; no two verdicts share one, so colour is never the only sign.
        path: the same sign as an SVG path in a box of 16 x 16.
        filled: whether the path is filled; otherwise it is stroked.
        colours: its colours.
        meaning: what the curves show; true for every way to reach the verdict.
        advice: what is commonly done about it.
        sources: who recommends that.
    """

    title: str
    sign: str
    path: str
    filled: bool
    colours: Colours
    meaning: str
    advice: str
    sources: tuple[str, ...]

    @property
    def words(self) -> str:
        """The title inside a sentence."""
        return self.title.lower()


_DEEP_LEARNING = "Goodfellow, Bengio & Courville, Deep Learning (2016)"
_PLAYBOOK = "Godbole et al., Deep Learning Tuning Playbook (2023)"
_PRECHELT = "Prechelt, Early Stopping \u2013 But When? (1998)"

VERDICTS: Mapping[str, VerdictEntry] = {
    Verdict.OVERFITTING: VerdictEntry(
        title="Overfitting",
        sign="\u25b2",
        path="M8 2 15 14H1Z",
        filled=True,
        colours=Colours(light="#c62d0c", dark="#ff8266", either="#d9482b"),
        meaning="Validation has turned for the worse beyond its noise, while train kept improving or stayed far "
        "better.",
        advice="Keep the checkpoint of the best step. To get further: more data or augmentation, weight decay, "
        "dropout, a smaller model, or fewer epochs.",
        sources=(f"{_DEEP_LEARNING}, chapter 7", _PRECHELT),
    ),
    Verdict.DIVERGING: VerdictEntry(
        title="Diverging",
        sign="\u2715",
        path="M3 3 13 13M13 3 3 13",
        filled=False,
        colours=Colours(light="#961a33", dark="#ff9aa8", either="#bf4560"),
        meaning="Validation and train both get worse, or one of them ends in values that are not finite.",
        advice="Lower the learning rate or warm it up, clip gradients, and look at the batches around that step.",
        sources=(_PLAYBOOK, "Pascanu et al., On the Difficulty of Training Recurrent Neural Networks (2013)"),
    ),
    Verdict.WIDENING_GAP: VerdictEntry(
        title="Widening gap",
        sign="\u25c1",
        path="M12 2.5 3 8 12 13.5Z",
        filled=False,
        colours=Colours(light="#8a6a00", dark="#e3bd4f", either="#a07d1c"),
        meaning="Train has improved and pulled ahead of validation, which did not follow but has not clearly turned "
        "for the worse either.",
        advice="Keep the checkpoint of the best step, then stop or regularise: a gap alone does no harm, but more of "
        "the same training gains little.",
        sources=(f"{_DEEP_LEARNING}, chapters 5 and 7",),
    ),
    Verdict.UNDERFITTING: VerdictEntry(
        title="Underfitting",
        sign="=",
        path="M2 5.5H14M2 10.5H14",
        filled=False,
        colours=Colours(light="#6f3fa5", dark="#cbaaf2", either="#9067c6"),
        meaning="Neither curve has improved much since its start, train does not lie far ahead, and validation is "
        "level or nearly so.",
        advice="Try a higher learning rate, a larger model, less regularisation or longer training; check the inputs "
        "and the labels.",
        sources=("Ng, Machine Learning Yearning (2018), on reducing avoidable bias",),
    ),
    Verdict.UNSTABLE: VerdictEntry(
        title="Unstable",
        sign="\u223f",
        path="M1 8C3.5 1 5.5 1 8 8S12.5 15 15 8",
        filled=False,
        colours=Colours(light="#505a63", dark="#b9c3cc", either="#77828c"),
        meaning="Noise or swings in validation are larger than any trend.",
        advice="Evaluate on more examples, lower the learning rate, or average the weights.",
        sources=("Izmailov et al., Averaging Weights Leads to Wider Optima (2018)", _PLAYBOOK),
    ),
    Verdict.IMPROVING: VerdictEntry(
        title="Improving",
        sign="\u2193",
        path="M8 2V13.5M3 8.5 8 13.5 13 8.5",
        filled=False,
        colours=Colours(light="#006aa7", dark="#7cc1ee", either="#2b87c4"),
        meaning="Validation was still getting better at the end.",
        advice="Train on: more steps are likely to bring a better checkpoint.",
        sources=(f"{_PLAYBOOK}, on how long to train",),
    ),
    Verdict.CONVERGED: VerdictEntry(
        title="Converged",
        sign="\u2713",
        path="M2.5 8.5 6.5 12.5 13.5 4",
        filled=False,
        colours=Colours(light="#00735e", dark="#4fd1b4", either="#1a8f78"),
        meaning="Validation has levelled off after clear progress of the run, and neither a lasting rise nor a "
        "widening gap stands out.",
        advice="Stop, and keep the checkpoint of the best step: more training is likely to change little.",
        sources=(_PRECHELT,),
    ),
    Verdict.INCONCLUSIVE: VerdictEntry(
        title="Inconclusive",
        sign="?",
        path="M5 5.6A3 3 0 1 1 8.6 8.5Q8 8.9 8 10M8 12.6V13.4",
        filled=False,
        colours=Colours(light="#6b6f74", dark="#b4b7ba", either="#808489"),
        meaning="The curves do not decide it: there are too few evaluations, or validation rises and train does not "
        "show whether this is overfitting.",
        advice="Log what the reason names as missing: more evaluations, train beside each of them, or a train curve "
        "that scatters less.",
        sources=(),
    ),
}
"""What a verdict on train and validation is called and means, worst first."""

_LOG_VALIDATION = "Log a validation loss beside it."
_NEUTRAL = Colours(light="#5f6368", dark="#bdbdbd", either="#808489")


def _alone(verdict: Verdict, meaning: str, advice: str = "") -> VerdictEntry:
    known = VERDICTS[verdict]
    return replace(known, meaning=meaning, advice=advice or known.advice)


def _no_news(title: str, meaning: str) -> VerdictEntry:
    """Good news about train alone promises nothing, so it looks like no verdict."""
    return VerdictEntry(
        title=title,
        sign="-",
        path="M3 8H13",
        filled=False,
        colours=_NEUTRAL,
        meaning=f"{meaning} Whether it overfits cannot be seen without validation.",
        advice=_LOG_VALIDATION,
        sources=(),
    )


TRAIN_ALONE: Mapping[str, VerdictEntry] = {
    Verdict.DIVERGING: _alone(Verdict.DIVERGING, "Train gets worse, or ends in values that are not finite."),
    Verdict.UNDERFITTING: _alone(
        Verdict.UNDERFITTING, "Train has improved little since its start and is level or nearly so."
    ),
    Verdict.UNSTABLE: _alone(
        Verdict.UNSTABLE,
        "Noise or swings in train are larger than any trend.",
        "Log the mean of more batches, lower the learning rate, or average the weights.",
    ),
    Verdict.IMPROVING: _no_news("Train still improves", "Train was still getting better at the end."),
    Verdict.CONVERGED: _no_news("Train is level", "Train no longer improves."),
    Verdict.INCONCLUSIVE: _alone(
        Verdict.INCONCLUSIVE,
        "Train has too few values to show a trend.",
        "Log train more often, and a validation loss beside it.",
    ),
}
"""The same for a verdict on train without validation, which is none of the others."""
