/** What can be done with a message, shown on the one that is pointed at or has the focus. */

import { post } from "./control.js";
import { ask } from "./dialogs.js";
import { h, iconButton } from "./dom.js";
import { emoji, QUICK } from "./emoji.js";
import { menu } from "./popover.js";
import { address } from "./route.js";
import { toast } from "./toast.js";

export function attachToolbar(list, workspace, actions, find, inThread) {
  const bar = h("div.toolbar", { role: "toolbar", "aria-label": "Message actions" });
  let on = null;

  function show(row) {
    const message = row && find(row.dataset.ts);
    if (!message || message.ephemeral || message.kind === "system" || row.querySelector(".editor"))
      return hide();
    if (on === row && bar.isConnected) return;
    on = row;
    bar.replaceChildren(...buttons(() => find(row.dataset.ts) ?? message));
    row.append(bar);
  }

  function hide() {
    if (bar.querySelector("[aria-expanded]") || bar.contains(document.activeElement)) return;
    bar.remove();
    on = null;
  }

  function buttons(now) {
    const quick = QUICK.map((name) =>
      h(
        "button.icon-only",
        {
          type: "button",
          "aria-label": `React with ${name.replaceAll("_", " ")}`,
          title: `:${name}:`,
          dataset: { react: name },
          onclick: () => actions.react(now(), name, mine(now(), name)),
        },
        emoji(name),
      ),
    );
    return [
      ...quick,
      iconButton("smile", "Add a reaction", (event) => actions.pick(event.currentTarget, now()), {
        dataset: { testid: "react" },
      }),
      !inThread &&
        iconButton("reply", "Reply in thread", () => actions.openThread(now()), {
          dataset: { testid: "reply" },
        }),
      iconButton("more", "More actions", (event) => more(event.currentTarget, now()), {
        dataset: { testid: "more" },
        "aria-haspopup": "menu",
      }),
    ].filter(Boolean);
  }

  function mine(message, name) {
    return message.reactions?.some(
      (reaction) => reaction.name === name && reaction.users.includes(workspace.as),
    );
  }

  function more(anchor, message) {
    const isMine = message.user === workspace.as;
    const mayDelete = isMine || workspace.me.is_admin;
    const thread = message.thread_ts ?? message.ts;
    const link = new URL(
      address({ person: workspace.as, channel: message.channel, thread }),
      location.href,
    ).href;
    const shortcuts = workspace.shortcuts.filter((shortcut) => shortcut.type === "message");
    menu(
      anchor,
      [
        isMine && { label: "Edit", act: () => actions.edit(message) },
        {
          label: "Copy link",
          act: () =>
            navigator.clipboard.writeText(link).then(
              () => toast("Link copied."),
              () => toast(link),
            ),
        },
        ...shortcuts.map((shortcut) => ({
          label: shortcut.name,
          act: () => run(shortcut, message),
        })),
        mayDelete && null,
        mayDelete && { label: "Delete", danger: true, act: () => remove(message) },
      ].filter((entry) => entry !== false),
      "Message actions",
    );
  }

  async function run(shortcut, message) {
    const body = {
      as: workspace.as,
      callback_id: shortcut.callback_id,
      channel: message.channel,
      ts: message.ts,
    };
    await post("shortcut", body).catch((error) => toast(error.message, { bad: true }));
  }

  async function remove(message) {
    const yes = await ask({
      title: "Delete this message?",
      text: "It goes for everyone, and does not come back.",
      yes: "Delete",
      no: "Cancel",
      danger: true,
    });
    if (yes)
      await post("delete", { as: workspace.as, channel: message.channel, ts: message.ts }).catch(
        (error) => toast(error.message, { bad: true }),
      );
  }

  list.addEventListener("mouseover", (event) => show(event.target.closest(".message")));
  list.addEventListener("mouseleave", hide);
  list.addEventListener("focusin", (event) => show(event.target.closest(".message")));
  list.addEventListener("focusout", () =>
    setTimeout(
      () => !list.contains(document.activeElement) && !list.matches(":hover") && hide(),
      0,
    ),
  );
}
