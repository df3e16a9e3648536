/**
 * Taking a scan back: a slip of the thumb, mended within two minutes by a supervisor's code.
 */

import { el } from "../dom.js";
import { note, topBar } from "./parts.js";

export function undoScreen(app, { scan }) {
  const { texts } = app;
  const error = el("div", { class: "field__error", id: "undo-error", role: "alert" });
  const input = el("input", {
    id: "undo-code", class: "input", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", dir: "ltr",
    maxlength: "40", required: true, "aria-describedby": "undo-error", "data-focus": true,
  });
  const submit = el("button", { class: "button button--primary" }, texts.get("undo.submit"));
  const form = el(
    "form",
    { class: "stack", novalidate: true, onsubmit: (event) => (event.preventDefault(), undo()) },
    note(texts.get("undo.lead")),
    el("div", { class: "field" }, el("label", { for: "undo-code" }, texts.get("undo.field")), error, input),
    submit,
    el("button", { type: "button", class: "button", onclick: () => app.back() }, texts.get("action.cancel")),
  );

  async function undo() {
    submit.disabled = true;
    const problem = await app.undo(scan, input.value.trim());
    submit.disabled = false;
    if (problem === null) return;
    error.textContent = texts.get(problem);
    input.focus();
  }

  return { element: el("div", { class: "screen" }, topBar(app, texts.get("undo.title")), form) };
}
