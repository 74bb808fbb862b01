/** A list of messages, a channel's or a thread's: days, what is new, and where the reader is. */

import { h, icon } from "./dom.js";
import { openEditor } from "./editing.js";
import { createMessage } from "./message.js";
import { statusLine } from "./status.js";
import { day, dayOf } from "./times.js";
import { attachToolbar } from "./toolbar.js";
import { feedKey } from "./workspace.js";

const TOGETHER = 5 * 60;
const NEAR = 60;

export function createFeed(workspace, { channel, thread = null, label, empty = null }, actions) {
  const list = h("div.feed-list", {
    role: "log",
    "aria-label": label,
    "aria-live": "polite",
    "aria-relevant": "additions",
  });
  const scroll = h("div.feed-scroll", {}, h("div.feed-space"), list);
  const jump = h(
    "button.jump",
    { type: "button", hidden: true, onclick: toEnd },
    icon("arrow-down"),
    "New messages",
  );
  const element = h("div.feed", {}, scroll, jump);
  const shown = new Map();
  const key = feedKey(channel, thread);
  let editing = null;
  let following = true;
  let newest = null;

  function update() {
    const messages = workspace.messages(channel, thread);
    if (messages === null) {
      list.replaceChildren(h("p.quiet.opening", {}, "Reading…"));
      return;
    }
    const wanted = [...rows(messages), ...waiting()];
    if (!messages.length && !waiting().length && empty) wanted.push(empty());
    settle(list, wanted);
    for (const ts of shown.keys())
      if (!messages.some((message) => message.ts === ts)) shown.delete(ts);
    list
      .querySelectorAll(".message")
      .forEach((row, at, all) => row.setAttribute("tabindex", at === all.length - 1 ? "0" : "-1"));
    noticeNew(messages);
  }

  function* rows(messages) {
    let before = null;
    const mark = workspace.newSince.get(key);
    for (const message of messages) {
      const isNew =
        mark &&
        parseFloat(message.ts) > parseFloat(mark) &&
        !(before && parseFloat(before.ts) > parseFloat(mark));
      const isNewDay = !before || dayOf(before.ts) !== dayOf(message.ts);
      if (isNewDay && !(thread && before)) yield separator("day", day(message.ts));
      if (isNew && message.user !== workspace.as && before) yield separator("new", "New");
      yield row(message, before && !isNewDay && !isNew && together(before, message, thread));
      if (!thread) yield* under(message);
      if (thread && message.ts === thread && messages.length > 1)
        yield separator(
          "count",
          messages.length === 2 ? "1 reply" : `${messages.length - 1} replies`,
        );
      before = message;
    }
  }

  function row(message, compact) {
    if (!shown.has(message.ts)) shown.set(message.ts, createMessage(workspace, message, actions));
    const one = shown.get(message.ts);
    if (editing !== message.ts)
      one.paint(message, { compact: Boolean(compact), alone: Boolean(thread) });
    return one.element;
  }

  function* under(message) {
    const status = workspace.status(channel, message.ts);
    const isOpen = workspace.place.thread === message.ts;
    if (status?.status && !isOpen) yield statusLine(workspace, channel, message.ts, status);
  }

  function waiting() {
    return (workspace.pending.get(key) ?? []).filter((sending) => sending.visible).map(waitingRow);
  }

  function waitingRow(sending) {
    const buttons = sending.error && [
      h(
        "button.link",
        { type: "button", onclick: () => workspace.send(channel, thread, sending.text, sending) },
        "Try again",
      ),
      h("button.link", { type: "button", onclick: () => workspace.discard(sending) }, "Discard"),
    ];
    return h(
      sending.error ? "div.waiting.failed" : "div.waiting",
      { dataset: { testid: "unsent" } },
      h("p", {}, sending.text),
      h(
        "p.why",
        { role: sending.error ? "alert" : null },
        sending.error ? [icon("warning"), `Not sent. ${sending.error} `] : "Sending…",
        buttons || null,
      ),
    );
  }

  function noticeNew(messages) {
    const last = messages.at(-1);
    const isNewer = last && (!newest || parseFloat(last.ts) > parseFloat(newest));
    const mine = isNewer && newest && last.user === workspace.as;
    if (last) newest = last.ts;
    if (following || mine) toEnd();
    else if (isNewer) jump.hidden = false;
  }

  function toEnd() {
    following = true;
    jump.hidden = true;
    scroll.scrollTop = scroll.scrollHeight;
  }

  function edit(message) {
    const one = shown.get(message.ts);
    editing = message.ts;
    openEditor(workspace, message, one.body, () => {
      editing = null;
      one.repaint();
      update();
      one.element.focus();
    });
  }

  scroll.addEventListener(
    "scroll",
    () => {
      following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
      if (following) jump.hidden = true;
    },
    { passive: true },
  );
  const resized = new ResizeObserver(() => following && toEnd());
  resized.observe(scroll);
  resized.observe(list);
  list.addEventListener("keydown", walk);
  attachToolbar(
    list,
    workspace,
    { ...actions, edit },
    (ts) => workspace.feeds.get(key)?.get(ts),
    Boolean(thread),
  );

  return { element, update, toEnd, key, close: () => resized.disconnect() };
}

function together(before, message, thread) {
  const plain =
    before.kind === "message" &&
    message.kind === "message" &&
    before.ephemeral === message.ephemeral;
  const soon = parseFloat(message.ts) - parseFloat(before.ts) < TOGETHER;
  return (
    plain &&
    soon &&
    before.user === message.user &&
    (thread ? before.ts !== thread : !before.reply_count)
  );
}

function separator(kind, words) {
  return h(
    `div.separator.${kind}`,
    { role: "separator", "aria-label": words },
    h("span", {}, words),
  );
}

/** Put the wanted nodes in order, moving only those that are out of place. */
function settle(list, wanted) {
  wanted.forEach((node, at) => {
    const there = list.children[at];
    if (there === node) return;
    if (there && !there.matches(".message") && there.isEqualNode(node)) return;
    if (there && !there.matches(".message") && !wanted.includes(there)) there.replaceWith(node);
    else list.insertBefore(node, there ?? null);
  });
  while (list.children.length > wanted.length) list.lastChild.remove();
}

/** Arrow keys go from message to message. */
function walk(event) {
  if (!event.target.matches(".message")) return;
  const all = [...event.currentTarget.querySelectorAll(".message")];
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  all[all.indexOf(event.target) + step]?.focus();
}
