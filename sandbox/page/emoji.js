/** Emoji drawn from `emoji.svg`, the same on every machine; and the small picker. */

import { drawing, h, icon } from "./dom.js";
import { popover } from "./popover.js";

export const QUICK = ["+1", "white_check_mark", "eyes"];

const OFFERED = [
  "+1",
  "-1",
  "white_check_mark",
  "x",
  "eyes",
  "tada",
  "heart",
  "rocket",
  "fire",
  "100",
  "clap",
  "raised_hands",
  "pray",
  "wave",
  "muscle",
  "ok_hand",
  "smile",
  "grin",
  "joy",
  "wink",
  "heart_eyes",
  "sunglasses",
  "thinking_face",
  "confused",
  "cry",
  "scream",
  "partying_face",
  "hugging_face",
  "shrug",
  "robot_face",
  "skull",
  "ghost",
  "bulb",
  "memo",
  "books",
  "mag",
  "link",
  "pushpin",
  "calendar",
  "hourglass",
  "warning",
  "question",
  "exclamation",
  "bug",
  "wrench",
  "lock",
  "chart_with_upwards_trend",
  "star",
];

const SAME = {
  thumbsup: "+1",
  thumbsdown: "-1",
  thinking: "thinking_face",
  facepalm: "face_palm",
  pencil: "memo",
};

let drawn = null;

/** Which emoji the sprite has; the others are shown as their glyph. */
export async function load() {
  const sprite = await fetch("emoji.svg")
    .then((response) => response.text())
    .catch(() => "");
  drawn = new Set([...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((found) => found[1]));
}

/** An emoji by its shortcode; `glyph` stands in where there is no drawing. */
export function emoji(name, glyph = `:${name}:`) {
  const plain = name.split("::")[0];
  const known = SAME[plain] ?? plain;
  if (!drawn?.has(known)) return h("span.emoji", { title: `:${plain}:` }, glyph);
  return h(
    "span.emoji",
    { title: `:${plain}:`, role: "img", "aria-label": words(plain) },
    drawing(`emoji.svg#${known}`, "emoji-drawing"),
  );
}

/** Draw the emoji and the icons in a body, which come as glyphs and as names. */
export function draw(body) {
  for (const span of body.querySelectorAll(".icon[data-icon]"))
    span.replaceWith(icon(span.dataset.icon));
  for (const span of body.querySelectorAll(".emoji[data-emoji]")) {
    span.replaceWith(emoji(span.dataset.emoji, span.textContent));
  }
}

function words(name) {
  return name.replaceAll("_", " ");
}

/** A grid of emoji beside a button; `choose(name)`. */
export function openPicker(anchor, choose) {
  const grid = h("div.emoji-grid", { role: "group", "aria-label": "Emoji" });
  const close = popover(anchor, grid, { label: "Choose a reaction", columns: 8 });
  for (const name of OFFERED) {
    const onclick = () => {
      close();
      choose(name);
    };
    grid.append(
      h(
        "button",
        {
          type: "button",
          role: "menuitem",
          "aria-label": words(name),
          dataset: { emoji: name },
          onclick,
        },
        emoji(name),
      ),
    );
  }
  grid.firstChild.focus();
}
