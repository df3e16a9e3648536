/**
 * Builds elements. Text always goes in as text, so no name of a guest can become markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children. `on…` takes a listener, true an empty attribute, null and false nothing. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Drawn on a 24 by 24 grid; strokes take the colour of the text beside them.
const PATHS = {
  tick: "M4.5 12.8 9.8 18 19.5 6.5",
  cross: "M6 6 18 18M18 6 6 18",
  exclamation: "M12 4.5V13.5M12 18.6V19.2",
  out: "M4 12H18M12.5 6.5 18 12 12.5 17.5",
  search: "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12ZM15 15 20 20",
  list: "M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4.2 6.5h.2M4.2 12h.2M4.2 17.5h.2",
  light: "M13 3 6 13.5H11L10.5 21 18 10H12.5Z",
  menu: "M4 7H20M4 12H20M4 17H20",
  back: "M19 12H5M11 6 5 12 11 18",
  place: "M12 21s-6.5-6.2-6.5-11a6.5 6.5 0 0 1 13 0c0 4.8-6.5 11-6.5 11ZM12 7.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8Z",
  phone: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3ZM11 18h2",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4ZM12 10a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4Z",
  cloud: "M7 18.5a4 4 0 0 1-.5-8 5.5 5.5 0 0 1 10.6-1A4.5 4.5 0 0 1 17 18.5Z",
};

/** A sign beside a text that says the same; `className` sizes it. Arrows turn round in right-to-left pages by CSS. */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `${className} icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Text that may be in another language or script than the page: its own direction, and its language where known. */
export function foreignText(tag, text, { lang = null, ...attributes } = {}) {
  return el(tag, { dir: "auto", lang, ...attributes }, text);
}
