// The page when there is no table to show: what was looked for, and what to do.

import { copyText } from "./clipboard.js";
import { fill, h, keepFocus, svg } from "./dom.js";
import { count, formatBytes, formatStep } from "./format.js";

/** @typedef {import("./types.js").Overview} Overview */

const PAIR_CODE = `from tb_losshealth import SummaryWriter  # in place of torch.utils.tensorboard's

writer = SummaryWriter("runs/first")
writer.add_paired_scalars("loss", train=train_loss, val=val_loss, global_step=step)`;

/**
 * Lines of code with a button that copies them.
 * @param {string} code
 */
export function copyableCode(code) {
  const source = h("code", {}, code);
  const button = h(
    "button",
    {
      class: "button copy",
      type: "button",
      onclick: async () => {
        const copied = await copyText(code);
        if (!copied) getSelection()?.selectAllChildren(source);
        button.textContent = copied ? "Copied" : "Press Ctrl+C";
        setTimeout(() => (button.textContent = "Copy"), 2000);
      },
    },
    "Copy",
  );
  return h("div", { class: "code" }, h("pre", { tabindex: 0 }, source), button);
}

/** Two curves that part: a picture for pages that have none of their own. */
function partingCurves() {
  return svg(
    "svg",
    { class: "state-picture", viewBox: "0 0 160 72", width: 160, height: 72, "aria-hidden": "true" },
    svg("path", { class: "spark-gap", d: "M62 50C84 56 104 42 152 20V62C110 64 84 61 62 50Z" }),
    svg("path", { class: "spark-train", d: "M8 8C24 34 40 46 62 50C84 58 110 63 152 62" }),
    svg("path", { class: "spark-val", d: "M8 6C24 32 40 45 62 49C84 55 110 40 152 20" }),
  );
}

/**
 * @param {string} title
 * @param {import("./dom.js").Child[]} children
 */
function card(title, ...children) {
  return h("section", { class: "state", "aria-label": title }, partingCurves(), h("h2", {}, title), ...children);
}

function howToPair() {
  return h(
    "div",
    { class: "state-part" },
    h("h3", {}, "Log a pair"),
    copyableCode(PAIR_CODE),
    h(
      "p",
      { class: "quiet" },
      "Pairs are also found by name, in logs you already have: ",
      h("code", {}, "loss/train"),
      " with ",
      h("code", {}, "loss/val"),
      ", ",
      h("code", {}, "train_loss"),
      " with ",
      h("code", {}, "val_loss"),
      ", or sibling runs ",
      h("code", {}, "train"),
      " and ",
      h("code", {}, "validation"),
      " with the same tag.",
    ),
  );
}

/** @param {Overview} overview */
export function loadingState({ progress, logdir }) {
  const done = progress && progress.bytes > 0 ? progress.bytes_done / progress.bytes : null;
  const bar = h("progress", { "aria-label": "Reading event files", max: 1, value: done });
  const numbers = progress
    ? `${formatStep(progress.files_done)} of ${count(progress.files, "file")} \u00b7 ${formatBytes(progress.bytes_done)} of ${formatBytes(progress.bytes)}`
    : "Looking for event files";
  return card("Reading the log", h("p", {}, h("code", {}, logdir)), bar, h("p", { class: "quiet", role: "status" }, numbers));
}

export function noLogdirState() {
  return card(
    "TensorBoard was started without a log folder",
    h("p", {}, "Loss Health reads event files itself and needs to know where they are:"),
    copyableCode("tensorboard --logdir runs"),
  );
}

/**
 * @param {Overview} overview
 * @param {import("./dom.js").Child} [problems]
 */
export function unreadableState({ logdir, problems: { list } }, problems) {
  return card(
    "The log folder cannot be read",
    h("p", {}, "TensorBoard was pointed at ", h("code", {}, logdir), list[0] ? `: ${list[0].reason}.`.replace(/([.?!])\.$/, "$1") : ". Does it exist, and may this user read it?"),
    list.length > 1 && problems,
  );
}

/**
 * Nothing to judge: no event files, no scalars, or none that pair.
 * @param {Overview} overview
 * @param {import("./dom.js").Child[]} details
 */
export function emptyState({ logdir, runs, tags }, ...details) {
  const looked = runs
    ? `${count(runs, "run")} with ${count(tags, "scalar tag")} in `
    : "No event files with scalars were found in ";
  return card(
    runs ? "No train and validation loss that belong together" : "Nothing logged here yet",
    h("p", {}, looked, h("code", {}, logdir), runs ? ", but no two that are train and validation of one loss." : "."),
    howToPair(),
    ...details,
  );
}

/** @param {string} message */
export function firstFailureState(message) {
  return card("No answer from TensorBoard", h("p", {}, message), h("p", { class: "quiet" }, "Trying again by itself."));
}

/**
 * Fills an element with a state, unless it shows exactly that already: a state that is polled must not flicker, nor
 * lose what a person has selected in it.
 * @param {Element} element
 * @param {HTMLElement} state
 */
export function showState(element, state) {
  const shown = element.firstElementChild;
  if (shown?.isEqualNode(state)) return;
  keepFocus(element, () => fill(element, state));
}
