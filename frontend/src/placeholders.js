// What stands in place of table and charts when there is nothing to put into them: what was searched, and what to do.

import { copyableCode } from "./copyable_code.js";
import { problemsPanel } from "./detail/panels.js";
import { fill, h, keepFocus, svg } from "./dom.js";
import { count, formatBytes, formatStep } from "./format.js";

/** @typedef {import("./types.js").Overview} Overview */

const PAIR_CODE = `from tb_losshealth import SummaryWriter  # in place of torch.utils.tensorboard's

writer = SummaryWriter("runs/first")
writer.add_paired_scalars("loss", train=train_loss, val=val_loss, global_step=step)`;

/** Two diverging curves: the picture above each placeholder. */
function partingCurves() {
  return svg(
    "svg",
    { class: "placeholder-picture", viewBox: "0 0 160 72", width: 160, height: 72, "aria-hidden": "true" },
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
  return h("section", { class: "placeholder", "aria-label": title }, partingCurves(), h("h2", {}, title), ...children);
}

function pairingInstructions() {
  return h(
    "div",
    { class: "placeholder-part" },
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
export function loadingPlaceholder({ progress, logdir }) {
  const done = progress && progress.bytes > 0 ? progress.bytes_done / progress.bytes : null;
  const bar = h("progress", { "aria-label": "Reading event files", max: 1, value: done });
  const numbers = progress
    ? `${formatStep(progress.files_done)} of ${count(progress.files, "file")} \u00b7 ${formatBytes(progress.bytes_done)} of ${formatBytes(progress.bytes)}`
    : "Looking for event files";
  return card("Reading the log", h("p", {}, h("code", {}, logdir)), bar, h("p", { class: "quiet", role: "status" }, numbers));
}

export function noLogdirPlaceholder() {
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
export function unreadablePlaceholder({ logdir, problems: { list } }, problems) {
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
export function emptyPlaceholder({ logdir, runs, tags }, ...details) {
  const looked = runs
    ? `${count(runs, "run")} with ${count(tags, "scalar tag")} in `
    : "No event files with scalars were found in ";
  return card(
    runs ? "No train and validation loss that form a pair" : "Nothing logged here yet",
    h("p", {}, looked, h("code", {}, logdir), runs ? ", but no two that are train and validation of one loss." : "."),
    pairingInstructions(),
    ...details,
  );
}

/** @param {string} message */
export function noAnswerPlaceholder(message) {
  return card("No answer from TensorBoard", h("p", {}, message), h("p", { class: "quiet" }, "Trying again automatically."));
}

/**
 * Picks the placeholder that an overview calls for.
 * @param {import("./types.js").Overview} overview
 * @param {import("./detail/unpaired.js").UnpairedTags} unpaired
 * @returns {HTMLElement | null} null where there are rows to show
 */
export function placeholderFor(overview, unpaired) {
  if (overview.pairs.length || overview.train_only.length) return null;
  if (overview.state === "loading") return loadingPlaceholder(overview);
  if (overview.state === "no_logdir") return noLogdirPlaceholder();
  const problems = overview.problems.total > 0 && h("div", { class: "placeholder-part" }, ...problemsPanel(overview.problems));
  if (overview.state === "unreadable") return unreadablePlaceholder(overview, problems);
  unpaired.show(overview.unpaired);
  return emptyPlaceholder(overview, overview.unpaired.total > 0 && h("div", { class: "placeholder-part" }, unpaired.root), problems);
}

/**
 * Fills an element with a placeholder, unless it shows exactly that already: a placeholder that is refreshed must not
 * flicker, nor lose a text selection inside it.
 * @param {Element} element
 * @param {HTMLElement} placeholder
 */
export function showPlaceholder(element, placeholder) {
  const shown = element.firstElementChild;
  if (shown?.isEqualNode(placeholder)) return;
  keepFocus(element, () => fill(element, placeholder));
}
