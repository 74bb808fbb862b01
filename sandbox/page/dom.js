/** Making elements. Text goes in as text; only the server's `html` is ever set as markup. */

const SVG = "http://www.w3.org/2000/svg";

/** `h("button.primary", {title, onclick, dataset: {…}}, "Send", icon("send"))` */
export function h(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "color") element.style.setProperty("--color", value);
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/** One of the drawings in `icons.svg`. */
export function icon(name) {
  return drawing(`icons.svg#${name}`, "icon");
}

/** A drawing out of a sprite, hidden from screen readers. */
export function drawing(address, name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", address);
  svg.append(use);
  return svg;
}

/** A button that shows an icon and says what it does. */
export function iconButton(name, label, onclick, attributes = {}) {
  return h(
    "button.icon-only",
    { type: "button", "aria-label": label, title: label, onclick, ...attributes },
    icon(name),
  );
}

/** Replace a container's children; what had the focus, by its `data-key`, has it again. */
export function replace(container, ...children) {
  const key = container.contains(document.activeElement)
    ? document.activeElement.dataset.key
    : null;
  container.replaceChildren(...children.flat().filter(Boolean));
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}
