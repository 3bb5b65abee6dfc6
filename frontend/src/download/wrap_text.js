// Breaks text into lines that fit a width. Pure.

/**
 * Breaks a text between words; a word longer than a line is broken between characters.
 * @param {string} text
 * @param {number} width
 * @param {(text: string) => number} widthOf
 * @returns {string[]}
 */
export function wrapText(text, width, widthOf) {
  const lines = [""];
  /** @param {string} more */
  const fits = (more) => widthOf((lines.at(-1) + more).trimEnd()) <= width;
  /** @param {string} more */
  const add = (more) => (lines[lines.length - 1] += more);
  for (const word of text.split(/(?<=\s)/)) {
    if (fits(word)) {
      add(word);
      continue;
    }
    if (lines.at(-1)) lines.push("");
    // A name may be longer than any line.
    for (const letter of word) {
      if (lines.at(-1) && !fits(letter)) lines.push("");
      add(letter);
    }
  }
  return lines.map((line) => line.trimEnd());
}
