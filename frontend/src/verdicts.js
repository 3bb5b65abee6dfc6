// The eight verdicts: their words, their order (worst first) and their shapes. Each has a shape of its own, so that
// colour is never the only sign.

import { svg } from "./dom.js";

/** @typedef {import("./types.js").VerdictName} VerdictName */

/**
 * `shape` is drawn in a 16 x 16 box; filled where `solid`, stroked otherwise. `meaning` is one plain sentence, `advice` what is
 * commonly done about it, `source` who says so.
 * @typedef {{ label: string, meaning: string, shape: string, solid?: boolean, advice?: string, source?: string }} VerdictWords
 */

/** @type {Record<VerdictName, VerdictWords>} */
export const VERDICTS = {
  overfitting: {
    label: "Overfitting",
    meaning: "Validation has turned for the worse beyond noise while train goes on.",
    advice: "Keep the checkpoint of the best step. To get further: more data or augmentation, weight decay, dropout, a smaller model, or stopping earlier.",
    source: "Goodfellow, Bengio & Courville, Deep Learning (2016), chapter 7; Prechelt, Early Stopping \u2013 But When? (1998)",
    shape: "M8 2 15 14H1Z",
    solid: true,
  },
  diverging: {
    label: "Diverging",
    meaning: "Train itself is rising, or is no longer finite.",
    advice: "Lower the learning rate or warm it up, clip gradients, and look at the batches around that step.",
    source: "Godbole et al., Deep Learning Tuning Playbook (2023); Pascanu et al., On the Difficulty of Training Recurrent Neural Networks (2013)",
    shape: "M3 3 13 13M13 3 3 13",
  },
  widening_gap: {
    label: "Gap widening",
    meaning: "Validation stands still while train goes on falling.",
    advice: "Nothing is lost yet and nothing is gained: stop, or regularise. A gap alone is no harm.",
    source: "Goodfellow, Bengio & Courville, Deep Learning (2016), chapters 5 and 7",
    shape: "M13 3 3 8 13 13",
  },
  underfitting: {
    label: "Underfitting",
    meaning: "Both curves are flat after little descent.",
    advice: "Try a larger model, a higher learning rate, longer training or less regularisation; check inputs and labels.",
    source: "Ng, Machine Learning Yearning (2018), on reducing avoidable bias",
    shape: "M2 5.5H14M2 10.5H14",
  },
  unstable: {
    label: "Unstable",
    meaning: "Noise drowns any trend.",
    advice: "Evaluate on more examples, lower the learning rate, or average the weights.",
    source: "Izmailov et al., Averaging Weights Leads to Wider Optima (2018); Godbole et al., Deep Learning Tuning Playbook (2023)",
    shape: "M1 9 4 4 7 12 10 4 12.5 11 15 7",
  },
  improving: {
    label: "Still improving",
    meaning: "Validation was still getting better at the end.",
    advice: "Train on: the best step is the last one or close to it.",
    source: "Godbole et al., Deep Learning Tuning Playbook (2023), on how long to train",
    shape: "M3 3 13 13M13 5.5V13H5.5",
  },
  converged: {
    label: "Converged",
    meaning: "Both curves are flat and the gap is stable.",
    advice: "Stop, and keep the checkpoint of the best step. More training will change little.",
    source: "Prechelt, Early Stopping \u2013 But When? (1998)",
    shape: "M2.5 8.5 6.5 12.5 13.5 4",
  },
  inconclusive: {
    label: "Inconclusive",
    meaning: "Too few evaluations to say.",
    advice: "Evaluate more often, and log train beside validation.",
    shape: "M5 5.6A3 3 0 1 1 8.6 8.5Q8 8.9 8 10M8 12.6V13.4",
  },
};

/** Worst first, those that cannot be judged last. */
export const VERDICT_NAMES = /** @type {VerdictName[]} */ (Object.keys(VERDICTS));

/**
 * The words for a verdict; a name that this page does not know yet is shown as it is.
 * @param {string} verdict
 * @returns {VerdictWords}
 */
export function verdictWords(verdict) {
  return VERDICTS[/** @type {VerdictName} */ (verdict)] ?? { label: verdict, meaning: "", shape: "M8 5V11" };
}

const ONLY_TRAIN = { advice: "Log a validation loss beside it.", source: undefined };

/** What a verdict means where there is no validation: good news about train alone promises nothing. */
const TRAIN_ALONE = /** @type {Record<string, Partial<VerdictWords>>} */ ({
  converged: { ...ONLY_TRAIN, label: "Train is flat", meaning: "Train no longer falls. Whether it overfits cannot be seen without validation.", shape: "M3 8H13" },
  improving: { ...ONLY_TRAIN, label: "Train still falls", meaning: "Train was still falling at the end. Whether it overfits cannot be seen without validation.", shape: "M3 8H13" },
  underfitting: { meaning: "Train is flat after little descent." },
  inconclusive: { ...ONLY_TRAIN, meaning: "Too few points to say." },
});

/**
 * @param {string} verdict - of train alone
 * @returns {VerdictWords}
 */
export function trainAloneWords(verdict) {
  return { ...verdictWords(verdict), ...TRAIN_ALONE[verdict] };
}

/**
 * The colour that a verdict of train alone has: a neutral one, unless something is wrong with train itself.
 * @param {string} verdict
 */
export function aloneVerdict(verdict) {
  return verdict === "converged" || verdict === "improving" ? "alone" : verdict;
}

/**
 * The verdict's shape in its colour. It says nothing to a screen reader: the word stands beside it.
 * @param {string} verdict
 * @param {VerdictWords} [words]
 */
export function verdictIcon(verdict, words = verdictWords(verdict)) {
  const { shape, solid } = words;
  const path = svg("path", solid ? { d: shape, fill: "currentColor" } : { d: shape, fill: "none" });
  return svg(
    "svg",
    { class: "verdict-icon", "data-verdict": verdict, viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    path,
  );
}
