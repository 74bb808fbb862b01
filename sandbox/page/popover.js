/** A small panel beside what opened it; arrows move in it, Escape closes it. */

import { h } from "./dom.js";

const MARGIN = 8;
let closeOpen = null;

/** Show `content` beside `anchor`; returns what closes it. */
export function popover(anchor, content, { label, columns = 1, role = "menu" } = {}) {
  closeOpen?.();
  const panel = h("div.popover", { role, "aria-label": label }, content);
  const inside = anchor.closest("dialog") ?? document.body;
  inside.append(panel);
  anchor.setAttribute("aria-expanded", "true");

  const close = () => {
    if (!panel.isConnected) return;
    const hadFocus = panel.contains(document.activeElement);
    panel.remove();
    anchor.removeAttribute("aria-expanded");
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", close);
    closeOpen = null;
    if (hadFocus && anchor.isConnected) anchor.focus();
  };
  const outside = (event) => {
    if (!panel.contains(event.target) && !anchor.contains(event.target)) close();
  };
  panel.addEventListener("keydown", (event) => move(event, panel, columns, close));
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", close);
  closeOpen = close;
  requestAnimationFrame(() => put(panel, anchor));
  put(panel, anchor);
  return close;
}

/** A menu of `{label, icon?, danger?, act}`; null draws a line. */
export function menu(anchor, entries, label) {
  const list = h("div.menu-list");
  const close = popover(anchor, list, { label });
  for (const entry of entries) {
    if (!entry) {
      list.append(h("hr"));
      continue;
    }
    const onclick = () => {
      close();
      entry.act();
    };
    const attributes = {
      type: "button",
      role: entry.role ?? "menuitem",
      onclick,
      ...entry.attributes,
    };
    list.append(
      h(entry.danger ? "button.danger" : "button", attributes, entry.shown ?? entry.label),
    );
  }
  (list.querySelector("[aria-checked=true]") ?? list.querySelector("button"))?.focus();
}

function put(panel, anchor) {
  const from = anchor.getBoundingClientRect();
  const size = panel.getBoundingClientRect();
  const below = from.bottom + 4 + size.height + MARGIN <= innerHeight;
  const top = below ? from.bottom + 4 : Math.max(MARGIN, from.top - 4 - size.height);
  const left = Math.min(Math.max(MARGIN, from.left), innerWidth - size.width - MARGIN);
  panel.style.setProperty("top", `${top}px`);
  panel.style.setProperty("left", `${Math.max(MARGIN, left)}px`);
}

function move(event, panel, columns, close) {
  const entries = [...panel.querySelectorAll("button:not([disabled])")];
  const at = entries.indexOf(document.activeElement);
  const steps = {
    ArrowDown: columns,
    ArrowUp: -columns,
    ArrowRight: columns > 1 ? 1 : 0,
    ArrowLeft: columns > 1 ? -1 : 0,
  };
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (steps[event.key]) {
    event.preventDefault();
    const next = at + steps[event.key];
    entries[
      columns > 1
        ? Math.max(0, Math.min(next, entries.length - 1))
        : (next + entries.length) % entries.length
    ]?.focus();
  } else if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    entries.at(event.key === "Home" ? 0 : -1)?.focus();
  }
}
