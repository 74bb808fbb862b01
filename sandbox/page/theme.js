/** Light, dark, or as the system has it; remembered in this browser. */

const KEY = "sandbox.theme";
const NEXT = { system: "light", light: "dark", dark: "system" };
const SAID = { system: "as the system", light: "light", dark: "dark" };

export function current() {
  try {
    return NEXT[localStorage.getItem(KEY)] ? localStorage.getItem(KEY) : "system";
  } catch {
    return "system";
  }
}

export function apply(theme = current()) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** On to the next one; says which. */
export function turn() {
  const theme = NEXT[current()];
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that stores nothing still switches, for this visit.
  }
  apply(theme);
  return SAID[theme];
}

export function said() {
  return SAID[current()];
}
