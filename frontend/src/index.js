// The page's entry point: TensorBoard's host imports it into the frame of this plugin and calls `render()`.

import { Api } from "./api.js";
import { App } from "./app.js";
import { borrowFonts, connectHost, followTheme, onUrlStateChange } from "./host.js";
import { serverTransport } from "./transport/server.js";

/**
 * Links a style sheet.
 * @param {string} address
 * @returns {Promise<void>} settled once the style sheet counts, for charts read their colours from it
 */
function loadStyle(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  return new Promise((resolve) => {
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
}

/**
 * Builds the page, once. The host calls this without arguments.
 * @param {object} [options]
 * @param {import("./transport/transport.js").Transport} [options.transport] - where the answers come from
 * @param {string | null} [options.styleSheet] - its address; null where the document holds the styles already
 */
export async function render({ transport = serverTransport, styleSheet = "./style.css" } = {}) {
  document.documentElement.lang = "en";
  document.title ||= "Loss Health";
  borrowFonts();
  if (styleSheet !== null) await loadStyle(styleSheet);
  const app = new App(new Api(transport));
  document.body.append(app.root);
  followTheme((dark) => {
    document.documentElement.classList.toggle("dark", dark);
    app.repaint();
  });
  // A canvas is not redrawn automatically when its font arrives.
  document.fonts.addEventListener("loadingdone", () => app.repaint());
  connectHost(() => app.refresher.refresh());
  // What a view asks for is read when the page is built.
  onUrlStateChange(() => location.reload());
  app.refresher.refresh();
}
