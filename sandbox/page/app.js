/** Puts the page together: its parts, what they may do, and what they hear of. */

import { get, post } from "./control.js";
import { createChannel, newMessage } from "./dialogs.js";
import { h } from "./dom.js";
import { load, openPicker } from "./emoji.js";
import { attachActions } from "./interactive.js";
import { createModals } from "./modal.js";
import { Places } from "./places.js";
import { go } from "./route.js";
import { createScene } from "./scene.js";
import { createSidebar } from "./sidebar.js";
import { turnStatuses } from "./status.js";
import * as theme from "./theme.js";
import { ago } from "./times.js";
import { toast } from "./toast.js";
import { Workspace } from "./workspace.js";

const LOST = "The connection is lost. Trying again…";
const AGES = 30_000;
const root = document.querySelector("#page");

async function begin() {
  theme.apply();
  const [world] = await Promise.all([get("world"), load()]);
  const workspace = new Workspace(world);
  const scene = createScene();
  const actions = actionsOn(workspace, scene);
  const sidebar = createSidebar(workspace, actions);
  const banner = h("p.banner", { role: "status", hidden: true }, LOST);
  const curtain = h("div.curtain", { onclick: actions.closeDrawer });
  const places = new Places(workspace, root, scene.element, banner, actions);
  createModals(workspace);
  root.replaceChildren(banner, sidebar.element, curtain, scene.element);
  root.removeAttribute("aria-busy");
  attachActions(root, workspace, (element) => {
    const row = element.closest(".message");
    return row && { channel: workspace.place.channel, ts: row.dataset.ts };
  });
  listen(workspace, places);
  attend(workspace, places, actions);
  turnStatuses(workspace);
  await places.arrive();
}

/** What the parts of the page ask for. */
function actionsOn(workspace, scene) {
  const visit = (channel) => channel && go({ person: workspace.as, channel });
  const actions = {
    visit,
    bePerson: (person) => go({ person, channel: workspace.place.channel }),
    openDrawer: () => root.classList.add("drawer-open"),
    closeDrawer: () => root.classList.remove("drawer-open"),
    openScene: () => {
      actions.closeDrawer();
      scene.open();
    },
    createChannel: async () => visit(await createChannel(workspace)),
    newMessage: async () => visit(await newMessage(workspace)),
    openThread: ({ ts, thread_ts: thread }) => go({ ...workspace.place, thread: thread ?? ts }),
    closeThread: () => {
      const from = workspace.place.thread;
      go({ ...workspace.place, thread: null });
      requestAnimationFrame(() => root.querySelector(`.place [data-ts="${from}"]`)?.focus());
    },
    pick: (anchor, message) => openPicker(anchor, (name) => actions.react(message, name, false)),
    react: async ({ channel, ts }, emoji, remove) => {
      const body = { as: workspace.as, channel, ts, emoji, ...(remove ? { remove } : {}) };
      await post("react", body).catch((error) => {
        if (error.code !== "already_reacted") toast(error.message, { bad: true });
      });
    },
    sent: async (sending) => {
      workspace.mine = await sending;
    },
  };
  return actions;
}

/** Pass on what changes to what shows it. */
function listen(workspace, places) {
  workspace.on("feed", (key) => {
    if (places.conversation?.feed?.key === key) places.conversation.update();
    if (places.thread?.feed.key === key) places.thread.update();
  });
  workspace.on("channels", (id) => {
    const isHere = id === workspace.place.channel;
    if (isHere && !workspace.channels.has(id)) return places.arrive();
    if (isHere) places.conversation?.update();
    places.titlePage();
    places.markRead();
  });
  workspace.on("status", ({ channel, thread_ts: ts }) => {
    if (channel !== workspace.place.channel) return;
    places.conversation?.feed?.update();
    places.thread?.drawStatus();
    places.followApp(channel, ts);
  });
  workspace.on("message", ({ channel, thread_ts: ts, user }) =>
    places.followApp(channel, ts, user),
  );
  for (const change of ["view", "home", "prompts"]) {
    workspace.on(change, () => places.conversation?.update());
  }
}

/** Attend to the window: its address, its keys, its being looked at. */
function attend(workspace, places, actions) {
  window.addEventListener("hashchange", () => places.arrive());
  document.addEventListener("visibilitychange", () => places.markRead());
  root.addEventListener("keydown", (event) => event.key === "Escape" && actions.closeDrawer());
  root.addEventListener("click", (event) => {
    const { channel } = event.target.closest(".channel-link")?.dataset ?? {};
    if (workspace.channels.has(channel)) actions.visit(channel);
  });
  setInterval(() => {
    for (const one of document.querySelectorAll("[data-ago]")) {
      one.textContent = ago(one.dataset.ago);
    }
  }, AGES);
}

begin().catch((error) => {
  root.replaceChildren(h("p.opening.error", { role: "alert" }, error.message));
});
