// The script of a saved report: the same page, with its answers in the file.

import { render } from "./index.js";
import { savedTransport } from "./transport/saved.js";

const data = document.getElementById("data")?.textContent ?? "";
await render({ transport: savedTransport(JSON.parse(data)), styleSheet: null });
