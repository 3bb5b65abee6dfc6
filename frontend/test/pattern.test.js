import assert from "node:assert/strict";
import { test } from "node:test";
import { matcher } from "../src/overview/pattern.js";

const rows = ["resnet/lr0.1_seed0", "vit/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"].map((run) => ({ run, name: "loss" }));

test("a pattern that would take for ever is searched as text, and says so", () => {
  for (const pattern of ["(a+)+$", "(a|aa)+$", "a*a*a*a*a*a*a*a*b$", "(?:a{1,50}){1,50}b"]) {
    const { test: matches, error } = matcher(pattern, rows);
    assert.match(error ?? "", /too long/, pattern);
    assert.deepEqual(rows.map(matches), [false, false]);
  }
});

test("ordinary patterns with many repetitions are regular expressions", () => {
  const { test: matches, error } = matcher("^res.*lr0\\.\\d+.*seed\\d+.*loss$", rows);
  assert.equal(error, null);
  assert.deepEqual(rows.map(matches), [true, false]);
});
