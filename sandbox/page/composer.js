/** Where one writes: Enter sends, Shift+Enter breaks the line, @, #, : and / complete. */

import { commandIn, run, shortcutsButton } from "./commands.js";
import { candidates } from "./completion.js";
import { h, icon, iconButton } from "./dom.js";
import { openPicker } from "./emoji.js";
import { feedKey } from "./workspace.js";

const drafts = new Map();
const TALLEST = 260;

/** Let a field be as tall as its text. */
export function grow(field) {
  field.style.setProperty("height", "auto");
  field.style.setProperty("height", `${Math.min(field.scrollHeight + 2, TALLEST)}px`);
}

export function createComposer(workspace, { channel, thread = null, placeholder, testid }, onSent) {
  const key = () => `${workspace.as}/${feedKey(channel.id, thread)}`;
  const id = `choices-${testid}`;
  const field = h("textarea", {
    rows: "1",
    placeholder,
    "aria-label": placeholder,
    "aria-autocomplete": "list",
    "aria-controls": id,
    "aria-expanded": "false",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "true",
    dataset: { testid },
  });
  const choices = h("ul.choices-list", {
    role: "listbox",
    id,
    "aria-label": "Suggestions",
    hidden: true,
  });
  const why = h("p.error", { role: "alert", hidden: true });
  const usage = h("p.usage.quiet", { hidden: true });
  const send = h(
    "button.send",
    {
      type: "button",
      "aria-label": "Send",
      title: "Send (Enter)",
      disabled: true,
      onclick: submit,
      dataset: { testid: testid === "composer" ? "send" : "thread-send" },
    },
    icon("send"),
  );
  const element = h(
    "div.composer",
    {},
    choices,
    why,
    usage,
    h(
      "div.composer-box",
      {},
      field,
      h(
        "div.composer-tools",
        {},
        iconButton("smile", "Add an emoji", (event) =>
          openPicker(event.currentTarget, (name) => insert(`:${name}: `)),
        ),
        h(
          "button.icon-only.at",
          {
            type: "button",
            "aria-label": "Mention somebody",
            title: "Mention somebody",
            onclick: () => insert("@"),
          },
          "@",
        ),
        shortcutsButton(workspace, fail),
        h(
          "span.keys.quiet",
          { "aria-hidden": "true" },
          h("kbd", {}, "Enter"),
          " sends, ",
          h("kbd", {}, "Shift Enter"),
          " breaks the line",
        ),
        send,
      ),
    ),
  );
  let offered = null;
  let chosen = 0;

  function offer() {
    const caret = field.selectionStart;
    offered =
      field.selectionEnd === caret
        ? candidates(workspace, channel, field.value.slice(0, caret))
        : null;
    chosen = 0;
    drawChoices();
  }

  function drawChoices() {
    choices.hidden = !offered;
    field.setAttribute("aria-expanded", String(Boolean(offered)));
    choices.replaceChildren(
      ...(offered?.entries ?? []).map((entry, at) =>
        h(
          "li",
          {
            role: "option",
            id: `${id}-${at}`,
            "aria-selected": String(at === chosen),
            dataset: { insert: entry.insert.trim() },
            onpointerdown: (event) => {
              event.preventDefault();
              take(at);
            },
          },
          h("span.choice-shown", {}, entry.shown),
          entry.note && h("span.quiet.choice-note", {}, entry.note),
        ),
      ),
    );
    if (offered) field.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    else field.removeAttribute("aria-activedescendant");
    choices.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function take(at) {
    const caret = field.selectionStart;
    const { start } = offered;
    const { insert: words } = offered.entries[at];
    field.setRangeText(words, start, caret, "end");
    changed();
    field.focus();
  }

  function insert(words) {
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    changed();
  }

  function changed() {
    grow(field);
    drafts.set(key(), field.value);
    send.disabled = !field.value.trim();
    why.hidden = true;
    const command = commandIn(workspace, field.value);
    usage.hidden = !command?.hint;
    usage.textContent = command?.hint ? `${command.name} ${command.hint}` : "";
    offer();
  }

  async function submit() {
    const text = field.value.trim();
    if (!text || field.readOnly) return;
    const command = commandIn(workspace, text);
    if (command) return runCommand(command);
    empty();
    onSent?.(workspace.send(channel.id, thread, text));
  }

  async function runCommand(command) {
    field.readOnly = true;
    element.setAttribute("aria-busy", "true");
    try {
      await run(workspace, channel.id, thread, command);
      empty();
    } catch (error) {
      fail(error.message);
    } finally {
      field.readOnly = false;
      element.removeAttribute("aria-busy");
    }
  }

  function fail(words) {
    why.hidden = false;
    why.textContent = words;
  }

  function empty() {
    field.value = "";
    changed();
  }

  /** Whether a suggestion says what is already there, so that Enter may send. */
  function isTyped({ insert: words }) {
    return field.value.slice(offered.start, field.selectionStart) === words.trim();
  }

  function onkeydown(event) {
    if (event.isComposing) return;
    const isWhole = event.key === "Enter" && offered && isTyped(offered.entries[chosen]);
    const act = offered && !isWhole && KEYS[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  }

  const step = (by) => {
    chosen = (chosen + by + offered.entries.length) % offered.entries.length;
    drawChoices();
  };
  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Tab: () => take(chosen),
    Enter: () => take(chosen),
    Escape: () => {
      offered = null;
      drawChoices();
    },
  };

  field.addEventListener("keydown", onkeydown);
  field.addEventListener("input", changed);
  field.addEventListener("click", offer);
  field.addEventListener("blur", () => {
    offered = null;
    drawChoices();
  });
  field.value = drafts.get(key()) ?? "";
  send.disabled = !field.value.trim();
  requestAnimationFrame(() => grow(field));
  return { element, focus: () => field.focus(), isEmpty: () => !field.value.trim() };
}
