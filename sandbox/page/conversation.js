/** The middle of the page: one channel or direct message, its head, its messages, its composer. */

import { createComposer } from "./composer.js";
import { post } from "./control.js";
import { openMembers } from "./dialogs.js";
import { h, icon, iconButton, replace } from "./dom.js";
import { createFeed } from "./feed.js";
import { createHome } from "./home.js";
import { avatar, badge } from "./people.js";
import { address } from "./route.js";
import { label, other } from "./sidebar.js";
import { toast } from "./toast.js";

export function createConversation(workspace, channel, tab, actions) {
  const head = h("header.place-head");
  const foot = h("div.place-foot");
  const isHome = channel.is_app && tab === "home";
  const home = isHome ? createHome(workspace) : null;
  const feed = isHome
    ? null
    : createFeed(
        workspace,
        { channel: channel.id, label: `Messages in ${channel.name}`, empty },
        actions,
      );
  const element = h(
    "main.place",
    { "aria-label": label(workspace, channel) },
    head,
    home?.element ?? feed.element,
    foot,
  );
  let composer = null;

  function now() {
    return workspace.channels.get(channel.id) ?? channel;
  }

  function drawHead() {
    const here = now();
    replace(
      head,
      iconButton("menu", "Channels and messages", actions.openDrawer, {
        class: "icon-only drawer-open",
        dataset: { key: "drawer", testid: "drawer" },
      }),
      h(
        "div.place-title",
        {},
        h("h1", {}, picture(here), h("span", {}, label(workspace, here))),
        here.is_app ? null : h("p.quiet.topic", {}, about(here)),
      ),
      here.is_app && tabs(),
      here.is_shared && h("span.badge.partner", {}, icon("shared"), "shared"),
      ["public", "private"].includes(here.kind) &&
        h(
          "button.members",
          {
            type: "button",
            title: "Members",
            dataset: { key: "members", testid: "members" },
            onclick: () => openMembers(workspace, now()),
          },
          icon("people"),
          String(here.members.length),
        ),
    );
  }

  function picture(here) {
    if (here.is_app) return avatar(workspace.person(workspace.app.user_id), "small");
    if (here.kind === "im") return avatar(other(workspace, here), "small");
    if (here.kind === "mpim") return icon("people");
    return icon(here.kind === "private" ? "private" : "public");
  }

  function about(here) {
    if (here.kind === "im") return other(workspace, here).title ?? "";
    return here.topic || "";
  }

  function tabs() {
    const place = { person: workspace.as, channel: channel.id };
    const one = (name, words) =>
      h(
        "a.tab",
        {
          href: address({ ...place, tab: name }),
          "aria-current": tab === name ? "page" : null,
          dataset: { key: `tab-${name}`, testid: `tab-${name}` },
        },
        words,
      );
    return h(
      "nav.tabs",
      { "aria-label": "The app's tabs" },
      one("messages", "Messages"),
      one("home", "Home"),
    );
  }

  function drawFoot() {
    if (isHome) return foot.replaceChildren();
    const here = now();
    if (here.is_archived || !here.is_member) {
      composer = null;
      return foot.replaceChildren(closed(here));
    }
    if (composer) return drawPrompts();
    composer = createComposer(
      workspace,
      { channel: here, placeholder: placeholder(here), testid: "composer" },
      actions.sent,
    );
    foot.replaceChildren(h("div.prompts", { hidden: true }), composer.element);
    drawPrompts();
  }

  /** What stands in place of the composer where this person may not write. */
  function closed(here) {
    if (here.is_archived) return h("div.not-member", {}, `#${here.name} is archived.`);
    const join = async () => {
      const body = { as: workspace.as, channel: here.id, person: workspace.as };
      await post("members", body).catch((error) => toast(error.message, { bad: true }));
    };
    const button = { type: "button", onclick: join, dataset: { testid: "join" } };
    return h(
      "div.not-member",
      {},
      h("p", {}, `You are looking at #${here.name}. Join to write in it.`),
      h("button.button.primary", button, "Join"),
    );
  }

  function placeholder(here) {
    return here.is_app
      ? `Ask ${label(workspace, here)}`
      : `Message ${here.kind === "im" || here.kind === "mpim" ? label(workspace, here) : `#${here.name}`}`;
  }

  function suggested() {
    if (!channel.is_app) return { prompts: [] };
    return (
      workspace.prompts.get(channel.id) ?? {
        title: workspace.app.suggested_title,
        prompts: workspace.app.suggested_prompts ?? [],
      }
    );
  }

  function drawPrompts() {
    const row = foot.querySelector(".prompts");
    const isEmpty = !workspace.messages(channel.id)?.length;
    const { prompts } = suggested();
    if (!row) return;
    row.hidden = isEmpty || !prompts.length;
    row.replaceChildren(
      ...prompts.map((prompt) =>
        h(
          "button.prompt",
          { type: "button", title: prompt.message, onclick: () => send(prompt.message) },
          prompt.title,
        ),
      ),
    );
  }

  function send(text) {
    actions.sent(workspace.send(channel.id, null, text));
  }

  function empty() {
    const here = now();
    const { title, prompts } = suggested();
    if (!here.is_app)
      return h(
        "div.empty",
        {},
        h("h2", {}, here.kind === "im" ? label(workspace, here) : `#${here.name}`),
        h("p.quiet", {}, "Nothing has been said here yet."),
      );
    return h(
      "div.empty",
      {},
      avatar(workspace.person(workspace.app.user_id), "large"),
      h("h2", {}, label(workspace, here)),
      badge(workspace.person(workspace.app.user_id)),
      h("p", {}, workspace.app.agent_description ?? ""),
      prompts.length ? h("h3.quiet", {}, title || "Try asking") : null,
      h(
        "div.prompt-cards",
        {},
        prompts.map((prompt) =>
          h(
            "button.prompt-card",
            { type: "button", dataset: { testid: "prompt" }, onclick: () => send(prompt.message) },
            h("strong", {}, prompt.title),
            h("span.quiet", {}, prompt.message),
          ),
        ),
      ),
    );
  }

  function update() {
    drawHead();
    drawFoot();
    feed?.update();
    home?.update();
  }

  return {
    element,
    feed,
    update,
    focus: () => composer?.focus(),
    hasDraft: () => composer && !composer.isEmpty(),
    close: () => feed?.close(),
  };
}
