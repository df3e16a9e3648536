/**
 * This shift in numbers, and handing the phone over to the next volunteer.
 */

import { el, foreignText } from "../dom.js";
import { topBar } from "./parts.js";

export function shiftScreen(app) {
  const { texts, shift } = app;
  const numbers = el("dl", { class: "numbers" });
  const input = el("input", { id: "volunteer", class: "input", autocomplete: "off", dir: "auto", maxlength: "80" });
  const form = el(
    "form",
    { class: "stack", novalidate: true, onsubmit: (event) => (event.preventDefault(), handOver()) },
    el("h2", {}, texts.get("shift.hand_over")),
    el("div", { class: "field" }, el("label", { for: "volunteer" }, texts.get("shift.next")), input),
    el("button", { class: "button button--primary" }, texts.get("shift.hand_over")),
  );
  const element = el(
    "div",
    { class: "screen" },
    topBar(app, texts.get("settings.shift")),
    el(
      "div",
      { class: "stack" },
      el("p", { class: "lead" }, shift.volunteer && foreignText("bdi", shift.volunteer), " ",
        el("time", {}, texts.moment(new Date(shift.since), app.zone))),
      numbers,
      form,
    ),
  );

  function show() {
    const { admitted, refused, conflicts } = app.shift;
    numbers.replaceChildren(
      ...line(texts.get("word.admit"), admitted),
      ...Object.entries(refused).flatMap(([reason, count]) => line(texts.get(reasonKey(reason)), count)),
      ...line(texts.get("reason.conflict"), conflicts),
      ...line(texts.get("recent.waiting"), app.delivery.waiting.length),
    );
  }

  function reasonKey(reason) {
    return texts.has(`reason.${reason}`) ? `reason.${reason}` : "reason.other";
  }

  function line(label, count) {
    return [el("dt", {}, label), el("dd", {}, texts.number(count))];
  }

  async function handOver() {
    await app.handOver(input.value.trim());
    app.back();
  }

  show();
  return { element, refresh: show };
}
