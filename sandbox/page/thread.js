/** The pane at the side: one thread, what the app is doing in it, and a composer. */

import { createComposer } from "./composer.js";
import { h, iconButton } from "./dom.js";
import { createFeed } from "./feed.js";
import { label } from "./sidebar.js";
import { statusLine } from "./status.js";

export function createThread(workspace, channel, thread, actions) {
  const feed = createFeed(
    workspace,
    {
      channel: channel.id,
      thread,
      label: "Thread",
      empty: () => h("p.quiet.opening", {}, "This thread is gone."),
    },
    actions,
  );
  const status = h("div.thread-status");
  const where =
    channel.kind === "im" || channel.kind === "mpim"
      ? label(workspace, channel)
      : `#${channel.name}`;
  const composer =
    channel.is_member && !channel.is_archived
      ? createComposer(
          workspace,
          { channel, thread, placeholder: "Reply…", testid: "thread-composer" },
          () => feed.toEnd(),
        )
      : null;
  const title = h("h2", {}, "Thread");
  const element = h(
    "aside.thread",
    { "aria-label": "Thread", dataset: { testid: "thread" } },
    h(
      "header.place-head",
      {},
      iconButton("back", "Back to the channel", actions.closeThread, {
        class: "icon-only thread-back",
      }),
      h("div.place-title", {}, title, h("p.quiet.topic", {}, where)),
      iconButton("close", "Close the thread", actions.closeThread, {
        dataset: { testid: "thread-close" },
      }),
    ),
    feed.element,
    status,
    composer?.element ?? null,
  );
  element.addEventListener("keydown", (event) => {
    const isWriting = Boolean(event.target.value);
    if (event.key === "Escape" && !event.defaultPrevented && !isWriting) actions.closeThread();
  });

  function drawStatus() {
    const now = workspace.status(channel.id, thread);
    status.replaceChildren(...(now ? [statusLine(workspace, channel.id, thread, now)] : []));
  }

  function update() {
    title.textContent = workspace.message(channel.id, thread)?.title || "Thread";
    feed.update();
    drawStatus();
  }

  return {
    element,
    feed,
    update,
    drawStatus,
    focus: () => composer?.focus(),
    close: () => feed.close(),
  };
}
