/** The page's own questions: are you sure, a new channel, a new message, who is a member. */

import { post } from "./control.js";
import { h, iconButton } from "./dom.js";
import { avatar, badge, fullName } from "./people.js";

/** A dialog with a form; `submit(form)` may return an error to show, or throw one. */
function openDialog({ title, content, yes, no = "Cancel", danger = false, submit }) {
  return new Promise((resolve) => {
    const why = h("p.error", { role: "alert", hidden: true });
    const close = (value) => {
      dialog.close();
      dialog.remove();
      resolve(value);
    };
    const send = async (event) => {
      event.preventDefault();
      try {
        close(await submit(form));
      } catch (error) {
        why.hidden = false;
        why.textContent = error.message;
      }
    };
    const buttons = h(
      "footer",
      {},
      no && h("button.button", { type: "button", onclick: () => close(null) }, no),
      yes && h(danger ? "button.button.danger" : "button.button.primary", { type: "submit" }, yes),
    );
    const form = h(
      "form",
      { novalidate: true, onsubmit: send },
      h(
        "header",
        {},
        h("h2", { id: "dialog-title" }, title),
        iconButton("close", "Close", () => close(null)),
      ),
      h("div.view-body", {}, content, why),
      yes || no ? buttons : null,
    );
    const dialog = h(
      "dialog.modal.small-modal",
      {
        "aria-labelledby": "dialog-title",
        oncancel: (event) => {
          event.preventDefault();
          close(null);
        },
      },
      form,
    );
    document.body.append(dialog);
    dialog.showModal();
    (
      form.querySelector("input, textarea") ?? form.querySelector("footer button:last-child")
    )?.focus();
  });
}

/** Whether the person is sure. */
export async function ask({ title, text, yes, no, danger = false }) {
  return Boolean(
    await openDialog({ title, content: h("p", {}, text), yes, no, danger, submit: () => true }),
  );
}

/** Make a channel; its id, or null. */
export function createChannel(workspace) {
  const name = h("input", {
    type: "text",
    name: "name",
    maxlength: "80",
    placeholder: "project-heron",
    autocomplete: "off",
  });
  const hidden = h("input", { type: "checkbox", name: "private" });
  const shared = h("input", { type: "checkbox", name: "shared" });
  const content = [
    h(
      "label.input-field",
      {},
      h("span.input-label", {}, "Name"),
      name,
      h("small.hint", {}, "Small letters, numbers, hyphens and underscores."),
    ),
    h(
      "label.choice",
      {},
      hidden,
      h("span", {}, "Private", h("small", {}, "Only its members find and read it.")),
    ),
    h(
      "label.choice",
      {},
      shared,
      h("span", {}, "Shared with another organisation", h("small", {}, "Partners can be members.")),
    ),
  ];
  const submit = async () => {
    const wanted = name.value.trim().toLowerCase().replace(/\s+/g, "-").replace(/^#/, "");
    if (!/^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u.test(wanted))
      throw new Error("Give it a name of small letters, numbers, hyphens and underscores.");
    const { channel } = await post("channels", {
      as: workspace.as,
      name: wanted,
      private: hidden.checked,
      shared: shared.checked,
    });
    return channel.id ?? channel;
  };
  return openDialog({ title: "Create a channel", content, yes: "Create", submit });
}

/** Choose whom to write to; the direct message's id, or null. */
export function newMessage(workspace) {
  const people = [...workspace.people.values()].filter((person) => person.id !== workspace.as);
  const content = h(
    "div.choices.people-choices",
    {},
    people.map((person) =>
      h(
        "label.choice.person-choice",
        {},
        h("input", { type: "checkbox", value: person.id }),
        avatar(person, "small"),
        h("span", {}, fullName(person)),
        badge(person),
      ),
    ),
  );
  const submit = async (form) => {
    const chosen = [...form.querySelectorAll("input:checked")].map((box) => box.value);
    if (!chosen.length) throw new Error("Choose at least one person.");
    const { channel } = await post("dm", { as: workspace.as, people: chosen });
    return channel.id ?? channel;
  };
  return openDialog({ title: "New direct message", content, yes: "Open", submit });
}

/** Who is in a channel; add and remove. */
export function openMembers(workspace, channel) {
  const list = h("div.member-list", { dataset: { testid: "member-list" } });
  const draw = () => {
    const inside = new Set(workspace.channels.get(channel.id)?.members ?? []);
    const everyone = [...workspace.people.values()].sort(
      (a, b) => inside.has(b.id) - inside.has(a.id) || fullName(a).localeCompare(fullName(b)),
    );
    list.replaceChildren(...everyone.map((person) => row(person, inside.has(person.id))));
  };
  const row = (person, isIn) =>
    h(
      isIn ? "div.member-row" : "div.member-row.outside",
      {},
      avatar(person),
      h(
        "span.switcher-name",
        {},
        h("strong", {}, fullName(person)),
        h("span.quiet", {}, person.title || `@${person.name}`),
      ),
      badge(person),
      h(
        "button.button.small",
        {
          type: "button",
          "aria-label": `${isIn ? "Remove" : "Add"} ${fullName(person)}`,
          dataset: { testid: `${isIn ? "remove" : "add"}-${person.name}` },
          onclick: (event) => change(event, person, isIn),
        },
        isIn ? "Remove" : "Add",
      ),
    );
  const why = h("p.error", { role: "alert", hidden: true });
  const change = async (event, person, isIn) => {
    event.currentTarget.setAttribute("aria-busy", "true");
    try {
      await post("members", {
        as: workspace.as,
        channel: channel.id,
        person: person.id,
        ...(isIn ? { remove: true } : {}),
      });
      why.hidden = true;
    } catch (error) {
      why.hidden = false;
      why.textContent = error.message;
      draw();
    }
  };
  workspace.on("channels", (id) => id === channel.id && list.isConnected && draw());
  draw();
  return openDialog({
    title: `Members of #${channel.name}`,
    content: [list, why],
    yes: null,
    no: null,
  });
}
