/** One message as an element, painted again in place when it changes. */

import { h, icon } from "./dom.js";
import { draw, emoji } from "./emoji.js";
import { decorate } from "./interactive.js";
import { avatar, badge, fullName, role } from "./people.js";
import { ago, clock, full } from "./times.js";

const FACES = 4;

/** `shown`: `{compact, alone}`: it follows its author's last one; its thread is not shown below it. */
export function createMessage(workspace, message, actions) {
  const parts = {
    gutter: h("div.gutter"),
    head: h("div.message-head"),
    body: h("div.body"),
    foot: h("div.message-foot"),
  };
  const element = h(
    "article.message",
    { tabindex: "-1", dataset: { testid: "message", ts: message.ts } },
    parts.gutter,
    h("div.content", {}, parts.head, parts.body, parts.foot),
  );
  let painted = {};

  function paint(now, shown) {
    const author = workspace.person(now.user);
    const state = JSON.stringify([now, shown, workspace.as, author]);
    if (painted.state === state) return;
    element.className = classes(now, shown, workspace);
    element.dataset.ts = now.ts;
    element.setAttribute("aria-label", `${fullName(author)}, ${clock(now.ts)}`);
    parts.gutter.replaceChildren(shown.compact ? time(now) : avatar(author));
    parts.head.replaceChildren(...head(now, author, shown));
    if (painted.html !== now.html || painted.streaming !== now.streaming)
      paintBody(parts.body, now);
    decorate(parts.body, workspace, now);
    parts.foot.replaceChildren(...foot(now, shown, workspace, actions).filter(Boolean));
    painted = { state, html: now.html, streaming: now.streaming };
  }
  return {
    element,
    body: parts.body,
    paint,
    repaint: () => {
      painted = {};
    },
  };
}

function classes(message, shown, workspace) {
  const names = ["message"];
  if (shown.compact) names.push("compact");
  if (message.kind === "system") names.push("system");
  if (message.ephemeral) names.push("ephemeral");
  if (message.streaming) names.push("streaming");
  if (message.html.includes(`data-user="${CSS.escape(workspace.as)}"`)) names.push("mentions-me");
  return names.join(" ");
}

function time(message) {
  return h(
    "time",
    { datetime: new Date(parseFloat(message.ts) * 1000).toISOString(), title: full(message.ts) },
    clock(message.ts),
  );
}

function head(message, author, shown) {
  const note = message.ephemeral && h("span.only-you", {}, icon("eye"), "Only visible to you");
  if (shown.compact || message.kind === "system") return note ? [note] : [];
  const is = role(author);
  const parts = [
    h("strong.author", {}, fullName(author)),
    is === "member" || is === "admin" ? null : badge(author),
    time(message),
    note,
  ];
  return parts.filter(Boolean);
}

/** The server's Html, which is safe; folded parts that the reader opened stay open. */
function paintBody(body, message) {
  const open = [...body.querySelectorAll("details")].map((details) => details.open);
  body.innerHTML = message.html;
  body.querySelectorAll("details").forEach((details, at) => {
    if (open[at]) details.open = true;
  });
  draw(body);
  if (message.edited) body.append(h("span.edited", {}, "(edited)"));
  if (message.streaming) lastWords(body).append(h("span.caret", { "aria-hidden": "true" }));
}

/** The element in which a stream's text ends. */
function lastWords(element) {
  const last = [...element.children].findLast(
    (child) => !child.matches("br, hr, a, span, code, strong, em, s, table, select, button"),
  );
  return last ? lastWords(last) : element;
}

function foot(message, shown, workspace, actions) {
  return [
    reactions(message, workspace, actions),
    !shown.alone && replies(message, workspace, actions),
  ];
}

function reactions(message, workspace, actions) {
  if (!message.reactions?.length) return null;
  const pills = message.reactions.map((reaction) => {
    const mine = reaction.users.includes(workspace.as);
    const names = reaction.users
      .map((user) => (user === workspace.as ? "you" : fullName(workspace.person(user))))
      .join(", ");
    return h(
      "button.pill",
      {
        type: "button",
        "aria-pressed": String(mine),
        title: `${names} reacted with :${reaction.name}:`,
        dataset: { reaction: reaction.name },
        onclick: () => actions.react(message, reaction.name, mine),
      },
      emoji(reaction.name, reaction.glyph),
      h("span.pill-count", {}, String(reaction.count)),
    );
  });
  const add = h(
    "button.pill.add",
    {
      type: "button",
      "aria-label": "Add a reaction",
      title: "Add a reaction",
      onclick: (event) => actions.pick(event.currentTarget, message),
    },
    icon("smile"),
  );
  return h("div.reactions", {}, pills, add);
}

function replies(message, workspace, actions) {
  if (!message.reply_count) return null;
  const faces = (message.reply_users ?? [])
    .slice(0, FACES)
    .map((user) => avatar(workspace.person(user), "small"));
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h(
    "button.replies",
    { type: "button", dataset: { testid: "replies" }, onclick: () => actions.openThread(message) },
    h("span.faces", {}, faces),
    h("strong", {}, count),
    message.latest_reply &&
      h("span.quiet", { dataset: { ago: message.latest_reply } }, ago(message.latest_reply)),
  );
}
