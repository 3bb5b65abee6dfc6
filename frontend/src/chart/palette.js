// The colours and fonts of the charts, read from the style sheet: a canvas knows no custom properties.

/** @typedef {ReturnType<typeof readPalette>} Palette */

/** @param {Element} element */
export function readPalette(element) {
  const style = getComputedStyle(element);
  /** @param {string} name */
  const property = (name) => style.getPropertyValue(name).trim();
  return {
    surface: property("--surface"),
    text: property("--text"),
    quiet: property("--text-quiet"),
    grid: property("--grid"),
    font: style.fontFamily,
    line: {
      train: property("--train"),
      trainRaw: property("--train-raw"),
      val: property("--val"),
      valRaw: property("--val-raw"),
      test: property("--test"),
      gap: property("--gap"),
    },
    label: {
      train: property("--train-text"),
      trainRaw: property("--train-text"),
      val: property("--val-text"),
      valRaw: property("--val-text"),
      test: property("--test-text"),
      gap: property("--gap-text"),
    },
    gapWorse: property("--gap-fill"),
    gapBetter: property("--gap-fill-better"),
    onset: property("--onset"),
    onsetText: property("--onset-text"),
    onsetBand: property("--onset-band"),
  };
}
