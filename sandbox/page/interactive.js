/** What people press, choose and type in a message, a Home tab or a modal. */

import { post } from "./control.js";
import { ask } from "./dialogs.js";
import { toast } from "./toast.js";

/** Listen in `root`; `contextOf(element)` says `{channel, ts}` or `{view_id}`, or null. */
export function attachActions(root, workspace, contextOf) {
  root.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-action-id]");
    if (pressed && root.contains(pressed)) press(pressed, pressed.dataset.value || undefined);
  });
  root.addEventListener("change", (event) => {
    const control = event.target.closest("[data-action-id]");
    if (!control || control.matches("textarea") || !acts(control)) return;
    if (control.matches("input:not([type=checkbox], [type=radio], [type=date], [type=time])"))
      return;
    press(control, valueOf(control));
  });
  root.addEventListener("keydown", (event) => {
    const control = event.target.closest("input[data-action-id]");
    if (
      control &&
      event.key === "Enter" &&
      acts(control) &&
      !control.matches("[type=checkbox], [type=radio]")
    ) {
      event.preventDefault();
      press(control, control.value);
    }
  });

  async function press(element, value) {
    const context = contextOf(element);
    if (!context || element.getAttribute("aria-busy") === "true") return;
    if (element.dataset.confirmTitle && !(await ask(confirmation(element.dataset)))) return;
    if (element.dataset.url) window.open(element.dataset.url, "_blank", "noopener");
    element.closest("details.overflow")?.removeAttribute("open");
    if (context.ts && element.dataset.type.startsWith("feedback_")) remember(element, context);
    element.setAttribute("aria-busy", "true");
    const { actionId: action_id, blockId: block_id } = element.dataset;
    try {
      await post("press", { as: workspace.as, ...context, action_id, block_id, value });
    } catch (error) {
      toast(error.message, { bad: true });
    } finally {
      element.removeAttribute("aria-busy");
    }
  }

  function remember(element, { channel, ts }) {
    workspace.feedback.set(
      feedbackKey(workspace, channel, ts, element.dataset.actionId),
      element.dataset.type,
    );
    decorate(element.closest(".body"), workspace, { channel, ts });
  }
}

/** Show which feedback button this person has pressed. */
export function decorate(body, workspace, { channel, ts }) {
  for (const button of body.querySelectorAll("button.feedback")) {
    const pressed = workspace.feedback.get(
      feedbackKey(workspace, channel, ts, button.dataset.actionId),
    );
    button.setAttribute("aria-pressed", String(pressed === button.dataset.type));
  }
}

function feedbackKey(workspace, channel, ts, action) {
  return [workspace.as, channel, ts, action].join("/");
}

/** Whether a control acts by itself, rather than waiting for a modal's submission. */
function acts(control) {
  const field = control.closest(".input-field");
  return !field || field.dataset.dispatch !== undefined;
}

function confirmation(data) {
  return {
    title: data.confirmTitle,
    text: data.confirmText,
    yes: data.confirmYes,
    no: data.confirmNo,
    danger: data.confirmStyle === "danger",
  };
}

function same(control) {
  const root = control.closest(".block") ?? control.parentElement;
  const { actionId, blockId } = control.dataset;
  return [
    ...root.querySelectorAll(
      `input[data-action-id="${CSS.escape(actionId)}"][data-block-id="${CSS.escape(blockId)}"]`,
    ),
  ];
}

/** A control's value: a string, or a list of them where several may be chosen. */
export function valueOf(control) {
  if (control.matches("input[type=checkbox]"))
    return same(control)
      .filter((box) => box.checked)
      .map((box) => box.value);
  if (control.matches("input[type=radio]"))
    return same(control).find((box) => box.checked)?.value ?? "";
  return control.value;
}

/** Everything filled in below `root`, as `{block_id: {action_id: value}}`. */
export function valuesIn(root) {
  const values = {};
  for (const control of root.querySelectorAll(
    "input[data-action-id], select[data-action-id], textarea[data-action-id]",
  )) {
    const { actionId, blockId } = control.dataset;
    values[blockId] = { ...values[blockId], [actionId]: valueOf(control) };
  }
  return values;
}

/** Put values back into a form that was drawn anew. */
export function restore(root, values) {
  for (const control of root.querySelectorAll(
    "input[data-action-id], select[data-action-id], textarea[data-action-id]",
  )) {
    const value = values[control.dataset.blockId]?.[control.dataset.actionId];
    if (value === undefined) continue;
    if (control.matches("[type=checkbox], [type=radio]"))
      control.checked = [value].flat().includes(control.value);
    else control.value = value;
  }
}
