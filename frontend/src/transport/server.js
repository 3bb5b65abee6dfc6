// Answers from TensorBoard's server. URLs are relative to the page, so that they hold below a path prefix or a proxy, too.

import { ApiError } from "./transport.js";

/** Longest wait for one answer, in milliseconds: the first reading of a huge log takes a while. */
const TIMEOUT = 120_000;

/** @type {import("./transport.js").Transport} */
export async function serverTransport(route, params, signal) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const url = query.size ? `./${route}?${query}` : `./${route}`;
  const timeout = AbortSignal.timeout(TIMEOUT);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("unreachable", "TensorBoard does not answer. Is it still running?");
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const reason = body?.error ?? `the server answered ${response.status} ${response.statusText}`.trim();
  throw new ApiError(response.status === 404 ? "gone" : "refused", reason);
}
