import assert from "node:assert/strict";
import { test } from "node:test";
import { flagText, trainAloneText, useGlossary, verdictNames, verdictText } from "../src/verdicts.js";

test("verdicts and flags are what the server says, in its order", () => {
  const shown = { title: "Diverging", sign: "x", path: "M0 0", filled: false, light: "", dark: "", either: "", meaning: "It is.", advice: "", sources: [] };
  const spikes = { title: "Spikes", meaning: "There are.", advice: "", sources: [] };
  useGlossary({ verdicts: { diverging: shown, improving: shown }, train_alone: { diverging: { ...shown, title: "Alone" } }, flags: { spikes } });
  assert.deepEqual(verdictNames(), ["diverging", "improving"]);
  assert.equal(verdictText("diverging"), shown);
  assert.equal(trainAloneText("diverging").title, "Alone");
  assert.equal(flagText("spikes"), spikes);
});

test("what the table lacks is shown by its name", () => {
  for (const name of ["novel", "constructor"]) {
    assert.equal(verdictText(name).title, name);
    assert.equal(flagText(name).title, name);
  }
});
