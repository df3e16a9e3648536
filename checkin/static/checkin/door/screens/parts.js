/**
 * Pieces that several screens share: bars, buttons with an icon, notes, the choice of language.
 */

import { el, icon } from "../dom.js";

/** A button with an icon and its word. */
export function iconButton(name, label, onclick, attributes = {}) {
  return el("button", { type: "button", class: "button", ...attributes, onclick }, icon(name), el("span", {}, label));
}

/** The bar of a screen opened over scanning: back, and its heading. */
export function topBar(app, title) {
  const back = el(
    "button",
    { type: "button", class: "round", "aria-label": app.texts.get("action.back"), onclick: () => app.back() },
    icon("back"),
  );
  return el("header", { class: "bar" }, back, el("h1", { class: "bar__title", tabindex: "-1", "data-focus": true }, title));
}

/** A message in a box; announced when `alert`. */
export function note(text, { kind = "info", alert = false } = {}) {
  return el("p", { class: `note note--${kind}`, role: alert ? "alert" : null }, text);
}

export function languageChoice(app, id = "language") {
  const { languages } = app.settings;
  const select = el(
    "select",
    { id, class: "input", onchange: (event) => app.setLanguage(event.target.value) },
    languages.map(({ code, tag, name }) =>
      el("option", { value: code, lang: tag, selected: code === app.texts.language.code }, name),
    ),
  );
  return el("div", { class: "field" }, el("label", { for: id }, app.texts.get("settings.language")), select);
}
