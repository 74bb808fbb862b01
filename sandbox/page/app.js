/** Puts the page together, and takes it from place to place as the address says. */

import { Connection } from "./connection.js";
import { get, post } from "./control.js";
import { createConversation } from "./conversation.js";
import { createChannel, newMessage } from "./dialogs.js";
import { h } from "./dom.js";
import { load, openPicker } from "./emoji.js";
import { attachActions } from "./interactive.js";
import { createModals } from "./modal.js";
import { go, read } from "./route.js";
import { createScene } from "./scene.js";
import { createSidebar, label } from "./sidebar.js";
import { turnStatuses } from "./status.js";
import { createThread } from "./thread.js";
import * as theme from "./theme.js";
import { ago } from "./times.js";
import { toast } from "./toast.js";
import { Workspace } from "./workspace.js";

const root = document.querySelector("#page");
const banner = h(
  "p.banner",
  { role: "status", hidden: true },
  "The connection is lost. Trying again…",
);
const wide = matchMedia("(min-width: 1000px)");

let workspace = null;
let connection = null;
let sidebar = null;
let scene = null;
let conversation = null;
let thread = null;

const actions = {
  bePerson: (person) => go({ person, channel: workspace.place.channel }),
  openDrawer: () => root.classList.add("drawer-open"),
  closeDrawer: () => root.classList.remove("drawer-open"),
  openScene: () => {
    actions.closeDrawer();
    scene.open();
  },
  createChannel: async () => visit(await createChannel(workspace)),
  newMessage: async () => visit(await newMessage(workspace)),
  openThread: (message) =>
    go({ ...workspace.place, tab: null, thread: message.thread_ts ?? message.ts }),
  closeThread: () => {
    const from = thread && workspace.place.thread;
    go({ ...workspace.place, thread: null });
    if (from)
      requestAnimationFrame(() => root.querySelector(`.place [data-ts="${from}"]`)?.focus());
  },
  pick: (anchor, message) => openPicker(anchor, (name) => actions.react(message, name, false)),
  react: async (message, emoji, remove) => {
    const body = {
      as: workspace.as,
      channel: message.channel,
      ts: message.ts,
      emoji,
      ...(remove ? { remove } : {}),
    };
    await post("react", body).catch(
      (error) => error.code === "already_reacted" || toast(error.message, { bad: true }),
    );
  },
  sent: async (sending) => {
    workspace.mine = await sending;
  },
};

function visit(channel) {
  if (channel) go({ person: workspace.as, channel });
}

async function begin() {
  theme.apply();
  const [world] = await Promise.all([get("world"), load()]);
  workspace = new Workspace(world);
  workspace.place = {};
  sidebar = createSidebar(workspace, actions);
  scene = createScene();
  createModals(workspace);
  root.replaceChildren(
    banner,
    sidebar.element,
    h("div.curtain", { onclick: actions.closeDrawer }),
    scene.element,
  );
  root.removeAttribute("aria-busy");
  attachActions(root, workspace, (element) => {
    const row = element.closest(".message");
    return row && { channel: workspace.place.channel, ts: row.dataset.ts };
  });
  root.addEventListener("click", followReferences);
  root.addEventListener("keydown", (event) => event.key === "Escape" && actions.closeDrawer());
  listen();
  turnStatuses(workspace);
  setInterval(refreshAges, 30_000);
  window.addEventListener("hashchange", () => arrive());
  document.addEventListener("visibilitychange", () => markRead());
  await arrive();
}

function listen() {
  workspace.on("feed", (key) => {
    if (conversation?.feed?.key === key) conversation.update();
    if (thread?.feed.key === key) thread.update();
  });
  workspace.on("view", () => conversation?.update());
  workspace.on("channels", (id) => {
    if (id === workspace.place.channel && !workspace.channels.has(id)) return arrive();
    if (id === workspace.place.channel) conversation?.update();
    titlePage();
    markRead();
  });
  workspace.on("status", ({ channel, thread_ts: ts }) => {
    if (channel !== workspace.place.channel) return;
    conversation?.feed?.update();
    thread?.drawStatus();
    followApp(channel, ts);
  });
  workspace.on("message", (message) => followApp(message.channel, message.thread_ts, message.user));
  workspace.on("home", () => conversation?.update());
  workspace.on("prompts", () => conversation?.update());
}

/** In the app's own conversation an answer opens beside the question. */
function followApp(channel, ts, author = null) {
  const here = workspace.channels.get(channel);
  const isMine = ts && ts === workspace.mine && channel === workspace.place.channel;
  if (!isMine || !here?.is_app || workspace.place.thread || author === workspace.as) return;
  if (conversation?.hasDraft()) return;
  workspace.mine = null;
  go({ ...workspace.place, thread: ts });
}

/** Go where the address says, as the person it says. */
async function arrive() {
  const wanted = read();
  try {
    const known = workspace.world.people.filter((person) => !person.is_bot);
    const person =
      known.find(({ id }) => id === wanted.person)?.id ?? workspace.me?.id ?? known[0].id;
    if (workspace.me?.id !== person) await become(person);
    const channel = workspace.channels.get(wanted.channel) ?? firstChannel();
    const place = {
      person,
      channel: channel?.id ?? null,
      thread: channel?.id === wanted.channel ? wanted.thread : null,
      tab: channel?.is_app ? wanted.tab : "messages",
    };
    if (wanted.person !== person || wanted.channel !== place.channel) go(place, { replace: true });
    await settle(place, channel);
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

function firstChannel() {
  const all = [...workspace.channels.values()];
  return (
    all.find((channel) => channel.is_member && channel.name === "general") ??
    all.find((channel) => channel.is_member) ??
    all[0] ??
    null
  );
}

async function become(person) {
  connection?.close();
  workspace.forget();
  leave();
  workspace.place = {};
  banner.hidden = true;
  await workspace.readView(person);
  connection = new Connection(person, (change) => workspace.apply(change), connected);
}

function connected(state) {
  banner.hidden = state !== "lost";
  if (state === "again") readAgain();
}

/** After the connection came back: read all that is on the page. */
async function readAgain() {
  try {
    await workspace.readView(workspace.as);
    const { channel, thread: ts, tab } = workspace.place;
    for (const key of [...workspace.feeds.keys()])
      if (key !== channel && key !== `${channel}/${ts}`) workspace.feeds.delete(key);
    if (channel) await workspace.readFeed(channel);
    if (ts) await workspace.readFeed(channel, ts);
    if (tab === "home") await workspace.readHome();
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

function leave() {
  conversation?.close();
  thread?.close();
  conversation?.element.remove();
  thread?.element.remove();
  conversation = null;
  thread = null;
}

async function settle(place, channel) {
  const before = workspace.place;
  const isNewPlace = before.channel !== place.channel || before.tab !== place.tab || !conversation;
  workspace.place = place;
  root.classList.toggle("in-thread", Boolean(place.thread));
  if (isNewPlace) leave();
  if (!channel) return;
  if (isNewPlace) openConversation(place, channel);
  if (isNewPlace || before.thread !== place.thread) openThread(place, channel);
  workspace.emit("place");
  titlePage();
  await fill(place, channel, isNewPlace);
}

function openConversation(place, channel) {
  const mark = lastReadBefore(channel);
  workspace.newSince.set(channel.id, mark);
  workspace.mine = null;
  conversation = createConversation(workspace, channel, place.tab, actions);
  root.insertBefore(conversation.element, scene.element);
  conversation.update();
  if (wide.matches && !place.thread) conversation.focus();
}

function openThread(place, channel) {
  thread?.close();
  thread?.element.remove();
  thread = null;
  if (place.thread) {
    thread = createThread(workspace, channel, place.thread, actions);
    root.insertBefore(thread.element, scene.element);
    thread.update();
    if (wide.matches) thread.focus();
  }
  conversation?.feed?.update();
}

/** Read what the place shows, and say that it has been seen. */
async function fill(place, channel, isNewPlace) {
  const reads = [];
  if (place.tab === "home") reads.push(workspace.readHome());
  else if (isNewPlace) reads.push(workspace.readFeed(channel.id).then(() => markUnread(channel)));
  if (place.thread) reads.push(workspace.readFeed(channel.id, place.thread));
  if (channel.is_app && isNewPlace)
    reads.push(post("open", { as: workspace.as, channel: channel.id, tab: place.tab }));
  await Promise.all(reads);
  markRead();
}

/** The line above what came while one was away: before the last `unread` roots of others. */
function markUnread(channel) {
  const unread = channel.unread ?? 0;
  const others = (workspace.messages(channel.id) ?? []).filter(
    (message) => message.user !== workspace.as,
  );
  const last = others.at(-unread - 1);
  workspace.newSince.set(channel.id, unread && others.length > unread ? last.ts : null);
  workspace.emit("feed", channel.id);
  conversation?.feed?.toEnd();
}

function lastReadBefore(channel) {
  return workspace.newSince.get(channel.id) ?? null;
}

async function markRead() {
  const channel = workspace.channels.get(workspace.place.channel);
  if (!channel?.unread || !channel.is_member || document.hidden) return;
  workspace.channels.set(channel.id, { ...channel, unread: 0 });
  await post("open", { as: workspace.as, channel: channel.id }).catch(() => null);
}

function titlePage() {
  const unread = [...workspace.channels.values()]
    .filter((channel) => channel.id !== workspace.place.channel)
    .reduce((sum, channel) => sum + (channel.unread || 0), 0);
  const channel = workspace.channels.get(workspace.place.channel);
  const where = channel
    ? `${["public", "private"].includes(channel.kind) ? "#" : ""}${label(workspace, channel)}`
    : "";
  document.title = `${unread ? `(${unread}) ` : ""}${where} · ${workspace.team.name}`;
}

/** A channel's name in a message leads there; a person's name to a direct message with them. */
async function followReferences(event) {
  const channel = event.target.closest(".channel-link[data-channel]");
  if (channel && workspace.channels.has(channel.dataset.channel)) visit(channel.dataset.channel);
}

function refreshAges() {
  for (const element of document.querySelectorAll("[data-ago]"))
    element.textContent = ago(element.dataset.ago);
}

begin().catch((error) => {
  root.replaceChildren(h("p.opening.error", { role: "alert" }, error.message));
});
