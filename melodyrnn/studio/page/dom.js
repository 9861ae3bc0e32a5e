// Small helpers for the DOM. All text goes through textContent: nothing from a file or a user is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `on` holds listeners, `data` data attributes; true and false set and leave out an attribute.
 * @param {string} tag @param {Record<string, any>} [properties] @param {...(Node | string | null | undefined | false)} children
 */
export function h(tag, { on = {}, data = {}, text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [name, value] of Object.entries(data)) element.dataset[name] = String(value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  if (text !== undefined) element.textContent = text;
  element.append(...children.filter((child) => child || child === ""));
  return element;
}

/** Set an attribute only where it differs; null, undefined and false remove it. */
export function setAttribute(element, name, value) {
  const text = value === true ? "" : value === false || value == null ? null : String(value);
  if (text === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Set the text of an element only where it differs, so that nothing is announced twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const ICONS = {
  play: ["M6 4l11 6-11 6z", true], stop: ["M5 5h10v10H5z", true],
  rewind: ["M5 4v12M16 4l-9 6 9 6z", true], loop: ["M4 10a5 5 0 0 1 5-5h6m-3-3l3 3-3 3M16 10a5 5 0 0 1-5 5H5m3 3l-3-3 3-3"],
  undo: ["M7 4L3 8l4 4M3 8h8a5 5 0 0 1 0 10H8"], redo: ["M13 4l4 4-4 4M17 8H9a5 5 0 0 0 0 10h3"],
  port: ["M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM6.5 10h.01M10 13h.01M13.5 10h.01M8 7.5h.01M12 7.5h.01"],
  keep: ["M5 3h10v14l-5-4-5 4z"], trash: ["M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11"],
  lock: ["M5 9h10v8H5zM7 9V7a3 3 0 0 1 6 0v2"], unlock: ["M5 9h10v8H5zM7 9V6a3 3 0 0 1 5.6-1.5"],
  pen: ["M4 16l1-4 9-9 3 3-9 9z"], arrow: ["M4 3l12 6-5 2-2 5z"], plus: ["M10 4v12M4 10h12"], minus: ["M4 10h12"],
  fit: ["M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4"], down: ["M10 3v10m-4-4l4 4 4-4M4 17h12"],
  pin: ["M7 3h6l-1 6 3 3H5l3-3zM10 12v6"], folder: ["M2 5h6l2 2h8v9H2z"], help: ["M7 7a3 3 0 1 1 4 3c-1 .5-1 1-1 2M10 15h.01"],
  sun: ["M10 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10 1v2M10 17v2M1 10h2M17 10h2M4 4l1 1M15 15l1 1M16 4l-1 1M5 15l-1 1"],
  close: ["M5 5l10 10M15 5L5 15"], spark: ["M10 2l2 6 6 2-6 2-2 6-2-6-6-2 6-2z"],
  anew: ["M16 10a6 6 0 1 1-2-4.5M14 2v4h-4"], vary: ["M2 12c3-8 5-8 8-2s5 6 8-2"], forward: ["M3 10h12m-4-4l4 4-4 4M18 4v12"],
  end: ["M4 10h9m-3-3l3 3-3 3M15 4v12M18 4v12"], parts: ["M3 5h8M7 10h10M3 15h6"],
};

/** A decorative icon of the table above. */
export function icon(name) {
  const [path, filled] = ICONS[name];
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", class: filled ? "icon filled" : "icon", "aria-hidden": "true", focusable: "false" })) svg.setAttribute(key, value);
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Replace the icon of a button where it differs. */
export function setIcon(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.querySelector("svg")?.replaceWith(icon(name));
}

/** A button with an icon, a text, or both; `label` names one without a text, and is its tooltip. */
export function button({ icon: name, text, label, className = "", keys = "", ...rest }, listener) {
  const element = h("button", {
    type: "button", class: className || null, "aria-label": text ? null : label, title: label,
    "aria-keyshortcuts": keys || null, on: listener ? { click: listener } : {}, ...rest,
  }, name && icon(name), text && h("span", { text }));
  if (name) element.dataset.icon = name;
  return element;
}
