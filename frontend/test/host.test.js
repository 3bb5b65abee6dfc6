import assert from "node:assert/strict";
import { test } from "node:test";
import { formatHash, parseHash, rebaseFonts } from "../src/host.js";

test("the view is read from our part of the URL alone", () => {
  assert.deepEqual(parseHash("#losshealth&runSelectionState=abc&p.losshealth.pair=3f%2F2a&p.other.pair=x"), { pair: "3f/2a" });
  assert.deepEqual(parseHash(""), {});
});

test("a cut escape loses its own value, not the others", () => {
  assert.deepEqual(parseHash("#losshealth&p.losshealth.pair=%E4%B&p.losshealth.tab=why"), { tab: "why" });
});

test("writing the view keeps what belongs to TensorBoard", () => {
  const hash = "#losshealth&regexInput=a%2Bb&p.losshealth.pair=old";
  assert.equal(formatHash(hash, { pair: "a=b&c", tab: "" }), "#losshealth&regexInput=a%2Bb&p.losshealth.pair=a%3Db%26c");
});

test("what was written is read back", () => {
  const view = { pair: "Ünïcode &=#%", filter: "^a|b$" };
  assert.deepEqual(parseHash(formatHash("#losshealth", view)), view);
});

test("fonts keep their address under a path prefix", () => {
  const css = "@font-face { src: local(Roboto), url(\"/font-roboto/a.woff2\") }";
  assert.match(rebaseFonts(css, "http://host/x/y/"), /url\("http:\/\/host\/x\/y\/font-roboto\/a\.woff2"\)/);
  assert.match(rebaseFonts(css, "http://host/"), /url\("http:\/\/host\/font-roboto\/a\.woff2"\)/);
  assert.match(rebaseFonts("url(data:font/woff2;base64,AA)", "http://host/"), /url\("data:font\/woff2;base64,AA"\)/);
});
