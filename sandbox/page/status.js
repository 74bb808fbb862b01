/** The line that says what the app is doing, with Stop where it can be stopped. */

import { post } from "./control.js";
import { h, icon } from "./dom.js";
import { fullName } from "./people.js";
import { toast } from "./toast.js";

const TURN = 2600;
const began = new Map();

/** The line for one thread; its words turn through the app's loading messages. */
export function statusLine(workspace, channel, thread, status) {
  const words = h("span.status-words", {}, said(workspace, channel, thread, status));
  const stop =
    status.processing &&
    h(
      "button.button.small",
      {
        type: "button",
        dataset: { testid: "stop" },
        onclick: () => halt(workspace, channel, thread),
      },
      icon("stop"),
      "Stop",
    );
  const dots = h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  return h(
    "div.status",
    {
      role: "status",
      dataset: {
        testid: "status",
        channel,
        thread,
        turns: String(status.loading_messages?.length ?? 0),
      },
    },
    dots,
    words,
    stop || null,
  );
}

function said(workspace, channel, thread, status) {
  const app = fullName(workspace.person(workspace.app.user_id));
  const key = `${channel}/${thread}`;
  if (!began.has(key)) began.set(key, Date.now());
  const turning = status.loading_messages ?? [];
  if (turning.length)
    return turning[Math.floor((Date.now() - began.get(key)) / TURN) % turning.length];
  return status.status ? `${app} ${status.status}` : `${app} is working`;
}

async function halt(workspace, channel, thread) {
  await post("stop", { as: workspace.as, channel, thread_ts: thread }).catch((error) =>
    toast(error.message, { bad: true }),
  );
}

/** Turn the words of every line on the page, now and then. */
export function turnStatuses(workspace) {
  workspace.on(
    "status",
    ({ channel, thread_ts: thread, status }) => !status && began.delete(`${channel}/${thread}`),
  );
  setInterval(() => {
    for (const line of document.querySelectorAll(".status[data-turns]")) {
      const status = workspace.status(line.dataset.channel, line.dataset.thread);
      if (!status || line.dataset.turns === "0") continue;
      const words = line.querySelector(".status-words");
      const now = said(workspace, line.dataset.channel, line.dataset.thread, status);
      if (words.textContent !== now) words.textContent = now;
    }
  }, 400);
}
