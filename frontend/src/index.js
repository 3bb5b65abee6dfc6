// What TensorBoard's host imports into the frame of this plugin.

import { App } from "./app.js";
import { borrowFonts, connectHost, followTheme, onUrlStateChange } from "./host.js";

/** @returns {Promise<void>} settled once the style sheet counts, for charts read their colours from it */
function loadStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "./style.css";
  return new Promise((resolve) => {
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
}

/** Builds the page; called by the host once. */
export async function render() {
  document.documentElement.lang = "en";
  document.title = "Loss Health";
  borrowFonts();
  await loadStyle();
  const app = new App();
  document.body.append(app.root);
  followTheme((dark) => {
    document.documentElement.classList.toggle("dark", dark);
    app.repaint();
  });
  // A canvas is not drawn again by itself once its font is there.
  document.fonts.addEventListener("loadingdone", () => app.repaint());
  connectHost(() => app.refresher.refresh());
  // What a view asks for is read when the page is built.
  onUrlStateChange(() => location.reload());
  app.refresher.refresh();
}
