/** Editing one's own message where it stands. */

import { post } from "./control.js";
import { h } from "./dom.js";
import { grow } from "./composer.js";
import { toast } from "./toast.js";

/** Slack's stored text as a person would type it. */
export function typed(text, workspace) {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `@${workspace.person(id).name}`)
    .replace(
      /<#(C[A-Z0-9]+)(?:\|([^>]*))?>/g,
      (_, id, name) => `#${name || workspace.channels.get(id)?.name || id}`,
    )
    .replace(/<!(here|channel|everyone)[^>]*>/g, "@$1")
    .replace(/<!subteam\^[^|>]+\|@?([^>]*)>/g, "@$1")
    .replace(/<((?:https?:|mailto:)[^|>]+)(?:\|[^>]*)?>/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** Replace a message's body by a field; Enter saves, Escape leaves it as it was. */
export function openEditor(workspace, message, body, done) {
  const field = h("textarea", {
    rows: "1",
    "aria-label": "Edit the message",
    dataset: { testid: "editor" },
  });
  field.value = typed(message.text, workspace);
  const why = h("p.error", { role: "alert", hidden: true });
  const save = async () => {
    if (!field.value.trim()) {
      why.hidden = false;
      why.textContent = "A message cannot be empty. Delete it instead.";
      return;
    }
    try {
      await post("edit", {
        as: workspace.as,
        channel: message.channel,
        ts: message.ts,
        text: field.value,
      });
      done();
    } catch (error) {
      toast(error.message, { bad: true });
    }
  };
  const onkeydown = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      done();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  };
  field.addEventListener("keydown", onkeydown);
  field.addEventListener("input", () => grow(field));
  body.replaceChildren(
    h(
      "div.editor",
      {},
      field,
      why,
      h(
        "div.row",
        {},
        h("button.button", { type: "button", onclick: done }, "Cancel"),
        h("button.button.primary", { type: "button", onclick: save }, "Save"),
      ),
    ),
  );
  grow(field);
  field.focus();
}
