/**
 * Setting up a phone: by the link its own camera opened, by scanning the code in here, or by typing it.
 */

import { classify } from "../classify.js";
import { el, icon } from "../dom.js";
import { Viewfinder } from "../viewfinder.js";
import { iconButton, languageChoice, note } from "./parts.js";

export function enrolScreen(app, { busy = false, problem = null, code = "" } = {}) {
  const { texts } = app;
  const message = el("div", { class: "field__error", id: "code-error", role: "alert" });
  const input = el("input", {
    id: "code", class: "input input--code", name: "code", autocomplete: "off", autocapitalize: "characters",
    spellcheck: "false", enterkeyhint: "go", dir: "ltr", maxlength: "200", value: code,
  });
  const submit = el("button", { class: "button button--primary", disabled: busy }, texts.get("enrol.submit"));
  const form = el(
    "form",
    { class: "stack", novalidate: true, onsubmit: (event) => (event.preventDefault(), send(input.value)) },
    el("div", { class: "field" }, el("label", { for: "code" }, texts.get("enrol.field")), message, input),
    submit,
  );
  const progress = busy ? note(texts.get("enrol.working")) : null;
  const element = el(
    "div",
    { class: "screen screen--narrow" },
    icon("phone", "icon icon--large"),
    el("h1", { tabindex: "-1", "data-focus": true }, texts.get("enrol.title")),
    el("p", { class: "lead" }, texts.get("enrol.lead")),
    progress,
    iconButton("camera", texts.get("enrol.scan"), () => app.show(enrolCameraScreen), { class: "button button--primary" }),
    form,
    languageChoice(app),
  );

  function complain(key) {
    submit.disabled = false;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", "code-error");
    message.textContent = app.texts.get(key);
  }

  async function send(text) {
    const typed = classify(text);
    const wanted = typed.kind === "enrolment" ? typed.code : text.trim();
    if (!wanted) return complain("enrol.empty");
    submit.disabled = true;
    message.textContent = "";
    const trouble = await app.enrol(wanted);
    if (trouble) {
      complain(trouble);
      input.focus();
    }
  }

  if (problem) complain(problem);
  return { element };
}

function enrolCameraScreen(app) {
  const { texts } = app;
  const viewfinder = new Viewfinder(app, { hint: "enrol.aim", onText: read });
  const element = el(
    "div",
    { class: "screen screen--scan" },
    el("header", { class: "bar" }, el("h1", { class: "bar__title", tabindex: "-1", "data-focus": true }, texts.get("enrol.title"))),
    viewfinder.element,
    el("footer", { class: "controls" }, iconButton("back", texts.get("action.back"), () => app.show(enrolScreen))),
  );

  async function read(text) {
    const found = classify(text);
    if (found.kind !== "enrolment") return viewfinder.say(texts.get("enrol.not_code"), 4000);
    viewfinder.paused = true;
    viewfinder.say(texts.get("enrol.working"));
    const problem = await app.enrol(found.code);
    if (problem) app.show(enrolScreen, { problem });
  }

  return { element, shown: () => viewfinder.start(), leave: () => viewfinder.stop() };
}
