import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Api } from "../src/api.js";
import { serverTransport } from "../src/transport/server.js";

const api = new Api(serverTransport);
const { fetch } = globalThis;
afterEach(() => {
  globalThis.fetch = fetch;
});

/** @param {(url: string) => Response} answer */
function answering(answer) {
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ url) => {
      asked.push(url);
      return answer(url);
    }
  );
  return asked;
}

const answer = (/** @type {unknown} */ body, status = 200) => new Response(JSON.stringify(body), { status });

test("addresses are relative to the page and leave out what is not asked for", async () => {
  const asked = answering(() => answer({ sparks: {} }));
  await api.overview({ since: undefined, limit: 5, spark: 0 });
  await api.sparks(["a", "b"]);
  await api.pair("x y", { width: 400, training: undefined });
  await serverTransport("overview", {});
  assert.deepEqual(asked, ["./overview?limit=5&spark=0", "./sparks?ids=a%2Cb", "./pair?id=x+y&width=400", "./overview"]);
});

test("an error of the server has its reason", async () => {
  answering(() => answer({ error: "unknown id" }, 404));
  await assert.rejects(api.pair("x", { width: 400 }), { kind: "gone", message: "unknown id" });
  answering(() => answer({ error: "'width' is no number" }, 400));
  await assert.rejects(api.pair("x", { width: 400 }), { kind: "refused", message: "'width' is no number" });
  answering(() => new Response("<html>", { status: 502 }));
  await assert.rejects(api.pair("x", { width: 400 }), { kind: "refused", message: /502/ });
});

test("no server is said as such, and a request that was given up is no failure of it", async () => {
  answering(() => {
    throw new TypeError("Failed to fetch");
  });
  await assert.rejects(api.unpaired(""), { kind: "unreachable", message: /TensorBoard does not answer/ });
  await assert.rejects(api.pair("x", { width: 400 }, AbortSignal.abort()), { name: "TypeError" });
});
