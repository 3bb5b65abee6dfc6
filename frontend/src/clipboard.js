// Copies to the clipboard.

import { h } from "./dom.js";
import { addressHere } from "./host.js";
import { showToast } from "./toast.js";

/**
 * Copies a text. The modern clipboard is closed to pages that another machine serves over plain http.
 * @param {string} text
 * @returns {Promise<boolean>} whether it worked
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h("textarea", { class: "visually-hidden", "aria-hidden": "true" }, text);
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}

/** Copies the address that restores this view, and reports the result in a toast. */
export async function copyLink() {
  const copied = await copyText(addressHere());
  showToast(copied ? "Link copied" : "The link could not be copied: take it from the address bar");
}
