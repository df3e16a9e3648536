/**
 * The server has ended this phone's access: what that means, and how to go on.
 */

import { el, icon } from "../dom.js";
import { enrolScreen } from "./enrol.js";
import { languageChoice, note } from "./parts.js";

export function signedOutScreen(app) {
  const { texts, delivery } = app;
  const kept = el("div", {});
  const refresh = () => {
    const count = delivery.waiting.length;
    kept.replaceChildren(...(count ? [note(texts.count("count.kept", count), { kind: "warning" })] : []));
  };
  const element = el(
    "div",
    { class: "screen screen--narrow" },
    icon("phone", "icon icon--large"),
    el("h1", { tabindex: "-1", "data-focus": true }, texts.get("signed_out.title")),
    el("p", { class: "lead" }, texts.get("signed_out.lead")),
    kept,
    el(
      "button",
      { type: "button", class: "button button--primary", onclick: () => app.show(enrolScreen) },
      texts.get("signed_out.enter"),
    ),
    languageChoice(app),
  );
  refresh();
  return { element, refresh };
}
