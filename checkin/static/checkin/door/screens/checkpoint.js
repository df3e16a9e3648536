/**
 * Choosing the checkpoint this phone stands at.
 */

import { el, icon } from "../dom.js";
import { note, topBar } from "./parts.js";

export function checkpointScreen(app) {
  const { texts, session } = app;
  const event = texts.label(session.event.name);
  const element = el(
    "div",
    { class: "screen" },
    app.place
      ? topBar(app, texts.get("checkpoint.title"))
      : el("h1", { tabindex: "-1", "data-focus": true }, texts.get("checkpoint.title")),
    el("p", { class: "eyebrow", lang: event.lang, dir: "auto" }, event.text),
    el("p", { class: "lead" }, texts.get("checkpoint.lead")),
    session.checkpoints.length ? el("ul", { class: "choices" }, session.checkpoints.map(choice)) : none(),
  );

  function choice({ slug, name }) {
    const { text, lang } = texts.label(name);
    const chosen = slug === app.checkpoint;
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "choice", "aria-current": chosen ? "true" : null, onclick: () => choose(slug) },
        icon("place"),
        el("span", { lang, dir: "auto" }, text),
      ),
    );
  }

  function none() {
    return el(
      "div",
      { class: "stack" },
      note(texts.get("checkpoint.none"), { kind: "warning" }),
      el("button", { type: "button", class: "button", onclick: () => location.reload() }, texts.get("action.again")),
    );
  }

  async function choose(slug) {
    await app.setCheckpoint(slug);
    app.back();
  }

  return { element };
}
