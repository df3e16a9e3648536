/**
 * What this phone scanned: first what still waits for the server, then the last answers.
 */

import { el, foreignText, icon } from "../dom.js";
import { present } from "../verdict.js";
import { mayUndo } from "../shift.js";
import { note, topBar } from "./parts.js";
import { undoScreen } from "./undo.js";

const MOST = 50; // waiting scans shown; the number above the list tells of all

export function recentScreen(app) {
  const { texts, delivery } = app;
  const count = el("div", {});
  const queue = el("ul", { class: "log" });
  const waiting = el(
    "section",
    { class: "stack", "aria-labelledby": "waiting-title" },
    el("h2", { id: "waiting-title" }, texts.get("recent.waiting")),
    count,
    queue,
    el("button", { type: "button", class: "button", onclick: () => delivery.release() }, texts.get("recent.send")),
  );
  const answers = el("div", { class: "stack" });
  const element = el("div", { class: "screen" }, topBar(app, texts.get("recent.title")), waiting, answers);
  let shown = null;
  app.lateRefusals = 0;

  function showWaiting() {
    const newest = [...delivery.waiting].reverse().slice(0, MOST);
    waiting.hidden = newest.length === 0;
    count.replaceChildren(note(texts.count("count.waiting", delivery.waiting.length), { kind: "warning" }));
    queue.replaceChildren(...newest.map(waitingRow));
  }

  function waitingRow(scan) {
    const problem = scan.held ? "recent.held" : scan.event === app.session.event.slug ? null : "recent.elsewhere";
    return el(
      "li",
      { class: "log__row log__row--wait" },
      icon("cloud", "icon log__sign"),
      el("span", { class: "log__what" }, place(scan.checkpoint), problem && el("span", { class: "log__why" }, texts.get(problem))),
      time(scan.scanned_at),
    );
  }

  async function showAnswers() {
    const entries = await app.store.answers();
    if (!entries.length && !delivery.waiting.length) return answers.replaceChildren(note(texts.get("recent.none")));
    answers.replaceChildren(el("ul", { class: "log" }, entries.map(answerRow)));
  }

  function answerRow(entry) {
    const { at, direction, checkpoint, late, result, undone } = entry;
    const view = present(result, direction);
    const why = [view.title && texts.get(view.title), late && texts.get("recent.late"), undone && texts.get("undo.done")].filter(Boolean);
    const undo = mayUndo(entry, app.api.now()) && el(
      "button", { type: "button", class: "button", onclick: () => app.show(undoScreen, { scan: entry }) }, texts.get("action.undo"),
    );
    return el(
      "li",
      { class: `log__row log__row--${view.tone}` },
      icon(view.sign, "icon log__sign"),
      el(
        "span",
        { class: "log__what" },
        el("span", { class: "log__word" }, texts.get(view.word)),
        result.person ? foreignText("span", result.person.name, { class: "log__name" }) : el("span", { class: "log__name" }, texts.get("recent.unnamed")),
        ...why.map((line) => el("span", { class: "log__why" }, line)),
        place(checkpoint),
        undo,
      ),
      time(new Date(at).toISOString()),
    );
  }

  function place(slug) {
    const { text, lang } = app.placeLabel(slug);
    return el("span", { class: "log__place", lang, dir: "auto" }, text);
  }

  function time(at) {
    return el("time", { class: "log__time", datetime: at }, texts.moment(new Date(at), app.zone));
  }

  /** Only when something changed: rows that are replaced under a finger swallow the tap. */
  function refresh() {
    const now = delivery.waiting.map(({ id, held }) => `${id} ${held}`).join();
    if (now === shown) return;
    shown = now;
    showWaiting();
    showAnswers();
  }

  refresh();
  return { element, refresh };
}
