/** The modal in front: the app's view as a form, with what is wrong said at its fields. */

import { post } from "./control.js";
import { h, iconButton } from "./dom.js";
import { draw } from "./emoji.js";
import { attachActions, restore, valuesIn } from "./interactive.js";
import { toast } from "./toast.js";

const MISSING = "Please fill this in.";

export function createModals(workspace) {
  const title = h("h2", { id: "modal-title" });
  const body = h("div.body.view-body");
  const close = h("button.button", { type: "button", onclick: dismiss });
  const submit = h("button.button.primary", { type: "submit", dataset: { testid: "submit" } });
  const form = h(
    "form",
    { novalidate: true, onsubmit: send },
    h("header", {}, title, iconButton("close", "Close", dismiss)),
    body,
    h("footer", {}, close, submit),
  );
  const dialog = h(
    "dialog.modal",
    { "aria-labelledby": "modal-title", dataset: { testid: "modal" } },
    form,
  );
  document.body.append(dialog);
  let shown = null;

  attachActions(body, workspace, () => (shown ? { view_id: shown.id } : null));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dismiss();
  });

  function update() {
    const view = workspace.views.at(-1) ?? null;
    if (!view) {
      shown = null;
      if (dialog.open) dialog.close();
      return;
    }
    const filled = shown?.id === view.id ? valuesIn(body) : {};
    title.textContent = view.title ?? "";
    body.innerHTML = view.html;
    draw(body);
    restore(body, filled);
    close.textContent = view.close || "Close";
    submit.textContent = view.submit || "";
    submit.hidden = !view.submit;
    form.removeAttribute("aria-busy");
    const isNew = shown?.id !== view.id;
    shown = view;
    if (!dialog.open) dialog.showModal();
    if (isNew) (body.querySelector("input, textarea, select") ?? submit).focus();
  }

  async function send(event) {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    const missing = emptyFields();
    showErrors(missing);
    if (Object.keys(missing).length) return;
    form.setAttribute("aria-busy", "true");
    const id = shown.id;
    try {
      const answer = await post("submit", {
        as: workspace.as,
        view_id: id,
        values: valuesIn(body),
      });
      showErrors(answer.errors ?? {});
    } catch (error) {
      toast(error.message, { bad: true });
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  function emptyFields() {
    const values = valuesIn(body);
    const missing = {};
    for (const block of body.querySelectorAll(".input-block")) {
      const id = block.dataset.blockId;
      const filled = Object.values(values[id] ?? {}).every((value) => value.length);
      if (block.querySelector(".input-field[data-required]") && id in values && !filled)
        missing[id] = MISSING;
    }
    return missing;
  }

  function showErrors(errors) {
    body.querySelectorAll(".error").forEach((old) => old.remove());
    body
      .querySelectorAll("[aria-invalid]")
      .forEach((control) => control.removeAttribute("aria-invalid"));
    let first = null;
    for (const [id, words] of Object.entries(errors)) {
      const block = body.querySelector(`.block[data-block-id="${CSS.escape(id)}"]`);
      if (!block) {
        toast(words, { bad: true });
        continue;
      }
      const control = block.querySelector("input, textarea, select");
      const error = h("p.error", { id: `error-${id}`, role: "alert" }, words);
      block.append(error);
      control?.setAttribute("aria-invalid", "true");
      control?.setAttribute("aria-describedby", error.id);
      first ??= control;
    }
    first?.focus();
  }

  async function dismiss() {
    const view = shown;
    if (!view) return;
    workspace.apply({ type: "view_gone", view_id: view.id });
    await post("close", { as: workspace.as, view_id: view.id }).catch((error) =>
      toast(error.message, { bad: true }),
    );
  }

  workspace.on("modal", update);
  return { update };
}
