/** The list of channels and direct messages, and who you are. */

import { h, icon, iconButton, replace } from "./dom.js";
import { avatar, switcher } from "./people.js";
import { address } from "./route.js";
import * as theme from "./theme.js";

export function createSidebar(workspace, actions) {
  const body = h("div.sidebar-body");
  const foot = h("div.sidebar-foot");
  const name = h("div.team");
  const element = h(
    "nav.sidebar",
    { "aria-label": "Channels and messages", id: "sidebar" },
    name,
    body,
    foot,
  );

  function update() {
    if (!workspace.me) return;
    replace(
      name,
      h("span.team-mark", { "aria-hidden": "true" }, workspace.team.name[0]),
      h("strong", {}, workspace.team.name),
      h("span.quiet", {}, "sandbox"),
      iconButton("close", "Close the list", actions.closeDrawer, {
        class: "icon-only drawer-close",
      }),
    );
    const channels = [...workspace.channels.values()];
    const byName = (a, b) => a.name.localeCompare(b.name);
    const rooms = channels
      .filter(({ kind }) => kind === "public" || kind === "private")
      .sort(byName);
    const direct = channels
      .filter(({ kind, is_app: isApp }) => !isApp && (kind === "im" || kind === "mpim"))
      .sort(byName);
    const app = channels.filter((channel) => channel.is_app);
    replace(
      body,
      section(
        "Channels",
        rooms.filter((room) => room.is_member),
        iconButton("plus", "Create a channel", actions.createChannel, {
          dataset: { key: "create" },
        }),
      ),
      elsewhere(rooms.filter((room) => !room.is_member)),
      section(
        "Direct messages",
        direct,
        iconButton("plus", "New direct message", actions.newMessage, { dataset: { key: "dm" } }),
      ),
      section("App", app),
    );
    replace(foot, switcher(workspace, actions.bePerson), footer());
  }

  function section(title, channels, button = null) {
    const heading = h("div.section-head", {}, h("h2", {}, title), button);
    return h(
      "section",
      {},
      heading,
      h(
        "ul",
        {},
        channels.map((channel) => h("li", {}, row(channel))),
      ),
    );
  }

  function elsewhere(channels) {
    if (!channels.length) return null;
    return h(
      "details.elsewhere",
      { open: channels.some(({ id }) => id === workspace.place.channel) },
      h("summary", { dataset: { key: "elsewhere" } }, `${channels.length} more to join`),
      h(
        "ul",
        {},
        channels.map((channel) => h("li", {}, row(channel))),
      ),
    );
  }

  function row(channel) {
    const isHere = workspace.place.channel === channel.id;
    const unread = !isHere && channel.unread > 0;
    return h(
      unread ? "a.channel.unread" : "a.channel",
      {
        href: address({ person: workspace.as, channel: channel.id }),
        "aria-current": isHere ? "page" : null,
        onclick: actions.closeDrawer,
        dataset: { testid: `channel-${channel.name}`, key: channel.id },
      },
      picture(channel),
      h("span.channel-name", {}, label(workspace, channel)),
      unread &&
        h(
          "span.unread-count",
          { "aria-label": `${channel.unread} unread` },
          String(channel.unread),
        ),
    );
  }

  function picture(channel) {
    if (channel.is_app) return avatar(workspace.person(workspace.app.user_id), "small");
    if (channel.kind === "im") return avatar(other(workspace, channel), "small");
    if (channel.kind === "mpim") return icon("people");
    return icon(channel.is_shared ? "shared" : channel.kind === "private" ? "private" : "public");
  }

  function footer() {
    const themes = iconButton(
      "theme",
      `Colours: ${theme.said()}`,
      () => {
        theme.turn();
        update();
      },
      { dataset: { key: "theme", testid: "theme" } },
    );
    return h(
      "div.foot-tools",
      {},
      themes,
      h(
        "button.scene-button",
        {
          type: "button",
          onclick: actions.openScene,
          dataset: { key: "scene", testid: "scene-open" },
        },
        icon("scene"),
        "Scene",
      ),
    );
  }

  workspace.on("view", update);
  workspace.on("channels", update);
  workspace.on("place", update);
  return { element, update };
}

/** What a channel is called on the page. */
export function label(workspace, channel) {
  if (channel.is_app) return workspace.person(workspace.app.user_id).real_name || channel.name;
  if (channel.kind === "im") return other(workspace, channel).real_name || channel.name;
  return channel.name;
}

/** The other person of a direct message; oneself where there is none. */
export function other(workspace, channel) {
  const id = channel.members.find((member) => member !== workspace.as) ?? workspace.as;
  return workspace.person(id);
}
