// What TensorBoard's page around our frame offers: its reload, theme, fonts and URL. In a notebook the frame may be of
// another origin; then none of this is reachable, and the page works without it.

/**
 * The surrounding page, or null where it is ours or out of reach.
 * @returns {Window | null}
 */
function hostWindow() {
  try {
    return parent !== window && parent.document ? parent : null;
  } catch {
    return null;
  }
}

/** How long, in milliseconds, TensorBoard may take to report a reload after its button was pressed. */
const RELOAD_TIMEOUT = 2000;

/**
 * Listens to TensorBoard's broadcasts. The host waits for a reply to each.
 * @param {() => void} onReload - its reload button, or its automatic reload
 */
export function connectHost(onReload) {
  let waiting = 0;
  // Without its server TensorBoard never reports a reload; then we ask the server ourselves.
  hostWindow()?.document.addEventListener("click", (event) => {
    if (!(/** @type {Element} */ (event.target).closest?.(".reload-button"))) return;
    clearTimeout(waiting);
    waiting = window.setTimeout(onReload, RELOAD_TIMEOUT);
  });
  const channel = new MessageChannel();
  channel.port1.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.isReply) return;
    if (message.type === "experimental.DataReloaded") {
      clearTimeout(waiting);
      onReload();
    }
    channel.port1.postMessage(
      JSON.stringify({ type: message.type, id: message.id, payload: null, error: null, isReply: true }),
    );
  };
  parent.postMessage("experimental.bootstrap", "*", [channel.port2]);
}

/**
 * Follows TensorBoard's dark switch; where that is unreachable, or the system forces its own colours, the system's
 * setting. Calls back at once and on every change.
 * @param {(dark: boolean) => void} onChange
 */
export function followTheme(onChange) {
  const forced = matchMedia("(forced-colors: active)");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const body = hostWindow()?.document.body;
  const isDark = () => (body && !forced.matches ? body.classList.contains("dark-mode") : system.matches);
  let dark = isDark();
  onChange(dark);
  const check = () => {
    if (isDark() !== dark) onChange((dark = isDark()));
  };
  if (body) new MutationObserver(check).observe(body, { attributes: true, attributeFilter: ["class"] });
  system.addEventListener("change", check);
  // Forced colours differ even if light stays light.
  forced.addEventListener("change", () => onChange((dark = isDark())));
}

/** Makes the fonts that TensorBoard's page loads known in our frame, so that both look alike. */
export function borrowFonts() {
  const host = hostWindow();
  if (!host) return;
  try {
    const rules = Array.from(host.document.styleSheets).flatMap((sheet) => Array.from(sheet.cssRules));
    const faces = rules.map((rule) => rule.cssText).filter((css) => /^@font-face/.test(css) && /family:\s*["']?Roboto/i.test(css));
    const style = document.createElement("style");
    style.textContent = faces.map((css) => rebaseFonts(css, host.document.baseURI)).join("\n");
    document.head.append(style);
  } catch {
    // Without these fonts the browser uses the next one of the stack.
  }
}

/**
 * A font face with addresses that hold in any frame. TensorBoard writes them from the server's root, also under a path
 * prefix, where they lie below the page.
 * @param {string} css
 * @param {string} base - the address of TensorBoard's page
 */
export function rebaseFonts(css, base) {
  return css.replace(/url\(["']?([^"')]+)["']?\)/g, (_, url) => {
    const address = new URL(url, base);
    const fromRoot = address.protocol !== "data:" && address.origin === new URL(base).origin;
    return `url("${fromRoot && url.startsWith("/") ? new URL(`.${address.pathname}`, base) : address}")`;
  });
}

const KEY = /^p\.losshealth\.(\w+)$/;

/**
 * The view kept in a TensorBoard URL: `#losshealth&p.losshealth.pair=3f2a`.
 * @param {string} hash
 * @returns {Record<string, string>}
 */
export function parseHash(hash) {
  /** @type {Record<string, string>} */
  const view = {};
  for (const part of hash.replace(/^#/, "").split("&")) {
    const [name = "", value = ""] = part.split(/=(.*)/s);
    const key = KEY.exec(name)?.[1];
    if (!key) continue;
    try {
      view[key] = decodeURIComponent(value);
    } catch {
      // Half an escape: the link was cut. The rest of it still counts.
    }
  }
  return view;
}

/**
 * The same URL with our part of it replaced; TensorBoard's own parts stay as they are. Empty values are left out.
 * @param {string} hash
 * @param {Record<string, string>} view
 */
export function formatHash(hash, view) {
  const others = hash
    .replace(/^#/, "")
    .split("&")
    .filter((part) => part && !KEY.test(part.split("=")[0] ?? ""));
  const ours = Object.entries(view)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `p.losshealth.${key}=${encodeURIComponent(value)}`);
  return `#${[...others, ...ours].join("&")}`;
}

/** Our part of the URL, as the page last read or wrote it. */
let known = "";

/** The view that the URL asks for; empty where it asks for none or cannot be read. */
export function readUrlState() {
  const view = parseHash((hostWindow() ?? window).location.hash);
  known = formatHash("", view);
  return view;
}

/**
 * Calls back when somebody else changes our part of TensorBoard's URL: a link pasted into it, or a step back.
 * @param {() => void} onChange
 */
export function onUrlStateChange(onChange) {
  const host = hostWindow();
  if (!host) return;
  const check = () => {
    const { hash } = host.location;
    if (hash.startsWith("#losshealth") && formatHash("", parseHash(hash)) !== known) onChange();
  };
  host.addEventListener("hashchange", check);
  addEventListener("pagehide", () => host.removeEventListener("hashchange", check));
}

/**
 * Keeps the view in the URL, without a new entry in the history. TensorBoard's URL belongs to the tab that is shown.
 * @param {Record<string, string>} view
 */
export function writeUrlState(view) {
  const host = hostWindow();
  if (!host || !host.location.hash.startsWith("#losshealth")) return;
  try {
    host.history.replaceState(host.history.state, "", formatHash(host.location.hash, view));
    known = formatHash("", view);
  } catch {
    // Browsers limit how often this may be called; the next change tries again.
  }
}

/** The address that restores this view: TensorBoard's, or ours where that is out of reach. */
export function addressHere() {
  return (hostWindow() ?? window).location.href;
}

/** The run filter of TensorBoard's other dashboards, as its URL holds it; empty where there is none or it is out of reach. */
export function readRunFilter() {
  const host = hostWindow();
  return (host && new URLSearchParams(host.location.search).get("runFilter")) ?? "";
}

/** Whether the tab is shown: TensorBoard keeps a hidden plugin's frame alive at height 0. */
export function isShown() {
  return innerHeight > 0 && document.visibilityState === "visible";
}
