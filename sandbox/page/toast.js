/** A sentence that appears at the foot of the page and goes again. */

import { h } from "./dom.js";

const STAYS = 5000;
const region = h("div.toasts", { role: "status", "aria-live": "polite" });

export function toast(words, { bad = false } = {}) {
  const inside = document.querySelector("dialog[open]") ?? document.body;
  inside.append(region);
  const one = h(bad ? "p.toast.bad" : "p.toast", {}, words);
  region.append(one);
  setTimeout(() => one.remove(), STAYS);
}
