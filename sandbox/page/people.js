/** People: their picture, what they are, and the switch for who you are. */

import { h, icon } from "./dom.js";
import { menu } from "./popover.js";

/** A square with a person's initials in their colour; the app's is round-cornered differently. */
export function avatar(person, size = "") {
  const name = person.real_name || person.name || "?";
  const letters = name
    .split(/\s+/)
    .map((word) => word[0])
    .filter(Boolean);
  const initials = (
    letters.length > 1 ? letters[0] + letters.at(-1) : (letters[0] ?? "?")
  ).toUpperCase();
  const color = person.color?.startsWith("#") ? person.color : `#${person.color || "777777"}`;
  const kind = person.is_bot ? "span.avatar.app-avatar" : "span.avatar";
  return h(size ? `${kind}.${size}` : kind, { "aria-hidden": "true", color }, initials);
}

/** What somebody is to the workspace: "admin", "member", "guest", "partner", "app". */
export function role(person) {
  if (person.is_bot) return "app";
  if (person.is_admin) return "admin";
  if (person.is_guest) return "guest";
  return person.is_partner ? "partner" : "member";
}

export function badge(person) {
  const is = role(person);
  return h(`span.badge.${is}`, {}, is);
}

export function fullName(person) {
  return person.real_name || person.name;
}

/** The button at the foot of the sidebar that says who you are and lets you be another. */
export function switcher(workspace, choose) {
  const me = workspace.me;
  const open = (event) =>
    menu(event.currentTarget, entries(workspace, choose), "Be another person");
  return h(
    "button.switcher",
    {
      type: "button",
      "aria-haspopup": "menu",
      title: "Switch who you are",
      onclick: open,
      dataset: { testid: "people", key: "people" },
    },
    avatar(me),
    h(
      "span.switcher-name",
      {},
      h("strong", {}, fullName(me)),
      h("span.quiet", {}, me.title || `@${me.name}`),
    ),
    badge(me),
    icon("down"),
  );
}

function entries(workspace, choose) {
  const people = workspace.world.people.filter((person) => !person.is_bot);
  return people.map((person) => ({
    role: "menuitemradio",
    attributes: {
      "aria-checked": String(person.id === workspace.as),
      dataset: { testid: `person-${person.name}`, person: person.id },
    },
    shown: [
      avatar(person),
      h(
        "span.switcher-name",
        {},
        h("strong", {}, fullName(person)),
        h("span.quiet", {}, person.title || `@${person.name}`),
      ),
      badge(person),
    ],
    act: () => choose(person.id),
  }));
}
