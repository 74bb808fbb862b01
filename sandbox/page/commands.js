/** Slash commands, the app's and the workspace's own, and the app's global shortcuts. */

import { post } from "./control.js";
import { iconButton } from "./dom.js";
import { menu } from "./popover.js";

const OWN = [
  { command: "/invite", description: "Add somebody to this channel", usage_hint: "@name" },
  { command: "/remove", description: "Take somebody out of this channel", usage_hint: "@name" },
  { command: "/leave", description: "Leave this channel", usage_hint: "" },
];

/** The app's commands first. */
export function known(workspace) {
  return [...workspace.commands, ...OWN];
}

/** `{name, text, hint}` where the text is a command, else null. */
export function commandIn(workspace, text) {
  const found = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(text.trim());
  if (!found) return null;
  const one = known(workspace).find(({ command }) => command === found[1]);
  return { name: found[1], text: found[2] ?? "", hint: one?.usage_hint ?? "" };
}

/** Run it; throws with a sentence for the person if it failed. */
export async function run(workspace, channel, thread, { name, text }) {
  const place = { channel, ...(thread ? { thread_ts: thread } : {}) };
  try {
    await post("command", { as: workspace.as, ...place, command: name, text });
  } catch (error) {
    throw new Error(error.message.startsWith(name) ? error.message : `${name}: ${error.message}`);
  }
}

/** A button for the app's global shortcuts, or null; `fail(words)` where one did not run. */
export function shortcutsButton(workspace, fail) {
  const shortcuts = workspace.shortcuts.filter(({ type }) => type === "global");
  if (!shortcuts.length) return null;
  const act = (callback_id) =>
    post("shortcut", { as: workspace.as, callback_id }).catch((error) => fail(error.message));
  const entries = shortcuts.map((one) => ({ label: one.name, act: () => act(one.callback_id) }));
  const open = (event) => menu(event.currentTarget, entries, "Shortcuts");
  return iconButton("shortcut", "Shortcuts", open);
}
