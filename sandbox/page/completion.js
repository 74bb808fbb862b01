/** What a half-typed @name, #channel, :emoji: or /command may become. */

import { known } from "./commands.js";
import { h, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { avatar, badge, fullName } from "./people.js";

const MOST = 8;
const SHORTCODES = [
  "+1",
  "-1",
  "tada",
  "eyes",
  "heart",
  "rocket",
  "fire",
  "wave",
  "pray",
  "clap",
  "smile",
  "joy",
  "thinking_face",
  "white_check_mark",
  "x",
  "warning",
  "bulb",
  "books",
  "memo",
  "100",
  "raised_hands",
  "partying_face",
  "robot_face",
  "star",
  "question",
];

/** `{start, entries: [{insert, shown, note}]}` for the text before the caret, or null. */
export function candidates(workspace, channel, before) {
  const found = /(^|[\s(])([@#:/])([\p{L}\p{N}_.+-]*)$/u.exec(before);
  if (!found) return null;
  const [, , sign, begun] = found;
  const start = before.length - begun.length - 1;
  if (sign === "/" && start !== 0) return null;
  if (sign === ":" && begun.length < 2) return null;
  const entries = KINDS[sign](workspace, begun.toLowerCase(), channel).slice(0, MOST);
  return entries.length ? { start, entries } : null;
}

const KINDS = {
  "@": (workspace, begun, channel) => {
    const inside = new Set(channel?.members ?? []);
    const people = [...workspace.people.values()].filter((person) => fits(person, begun));
    people.sort(
      (a, b) =>
        rank(a, workspace, inside) - rank(b, workspace, inside) ||
        fullName(a).localeCompare(fullName(b)),
    );
    const all = ["here", "channel"].filter((word) => begun && word.startsWith(begun));
    return [
      ...people.map((person) => ({
        insert: `@${person.name} `,
        shown: [
          avatar(person, "small"),
          h("strong", {}, fullName(person)),
          h("span.quiet", {}, `@${person.name}`),
          badge(person),
        ],
        note: inside.has(person.id) || !channel ? "" : "not in this channel",
      })),
      ...all.map((word) => ({
        insert: `@${word} `,
        shown: [icon("people"), h("strong", {}, `@${word}`)],
        note: "everyone in this channel",
      })),
    ];
  },
  "#": (workspace, begun) =>
    [...workspace.channels.values()]
      .filter(
        (channel) => ["public", "private"].includes(channel.kind) && channel.name.includes(begun),
      )
      .map((channel) => ({
        insert: `#${channel.name} `,
        shown: [icon(channel.kind), h("strong", {}, channel.name)],
        note: channel.topic,
      })),
  ":": (_workspace, begun) =>
    SHORTCODES.filter((name) => name.includes(begun)).map((name) => ({
      insert: `:${name}: `,
      shown: [emoji(name), h("span", {}, `:${name}:`)],
      note: "",
    })),
  "/": (workspace, begun) =>
    known(workspace)
      .filter(({ command }) => command.slice(1).startsWith(begun))
      .map(({ command, description, usage_hint: hint }) => ({
        insert: `${command} `,
        shown: [h("strong", {}, command), h("span.quiet.hint", {}, hint ?? "")],
        note: description,
      })),
};

function fits(person, begun) {
  const words = [person.name, ...fullName(person).split(/\s+/)];
  return words.some((word) => word.toLowerCase().startsWith(begun));
}

function rank(person, workspace, inside) {
  if (person.is_bot) return inside.has(person.id) ? -1 : 0;
  if (person.id === workspace.as) return 3;
  return inside.has(person.id) ? 1 : 2;
}
