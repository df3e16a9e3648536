/**
 * The verdict over the whole screen: one colour, one sign, one word, one face, and what to do next.
 */

import { el, foreignText, icon } from "../dom.js";
import { personCard } from "../person.js";

const GREEN_STAYS = 1500; // ms
const TAP_GUARD = 400; // ms: a tap meant for the screen before must not close this one

/** One panel, opened for each verdict. `onClosed(action)`: scanning may go on, or the volunteer chose to search. */
export function verdictPanel(app, { onClosed }) {
  let element = null;
  let timer = 0;
  let openedAt = 0;
  let stays = false;

  function open(view, result, credential) {
    discard();
    const { texts } = app;
    element = el(
      "section",
      { class: `verdict verdict--${view.tone}${result?.first_scan ? " verdict--dense" : ""}`, role: "alertdialog", "aria-modal": "true", "aria-labelledby": "verdict-word", onclick: tapped },
      el("div", { class: "verdict__face" }, icon(view.sign, "verdict__sign"), el("h1", { id: "verdict-word", class: "verdict__word" }, texts.get(view.word))),
      el("div", { class: "verdict__body" }, ...body(view, result, credential)),
      el("div", { class: "verdict__actions" }, ...actions(view, result)),
    );
    openedAt = performance.now();
    stays = view.stays;
    announce(view, result);
    if (!view.stays && app.preferences.auto) timer = setTimeout(close, GREEN_STAYS);
    return element;
  }

  function body(view, result, credential) {
    const { texts } = app;
    return [
      view.title && el("p", { class: "verdict__title" }, texts.get(view.title)),
      result?.person && personCard(app, result.person, { credential }),
      result?.first_scan && firstScan(app, result.first_scan),
      view.next && el("p", { class: "verdict__next" }, texts.get(view.next)),
      ...view.notes.map((note) => el("p", { class: "verdict__note" }, texts.get(note))),
    ].filter(Boolean);
  }

  function actions(view, result) {
    const { texts } = app;
    const action = view.action ?? (result?.verdict === "admit" && !result.local ? "undo" : null);
    const label = {
      search: "action.search_guest", checkpoint: "action.change_checkpoint", escort: "action.escort", undo: "action.undo",
    }[action];
    const onward = el("button", { type: "button", class: "verdict__button verdict__button--next", onclick: () => close() }, texts.get("verdict.next"));
    if (!label) return [onward];
    const help = el("button", { type: "button", class: "verdict__button", onclick: () => close(action) }, texts.get(label));
    return [help, onward];
  }

  function announce(view, result) {
    const { texts } = app;
    app.announce(
      texts.get(view.word),
      view.title && texts.get(view.title),
      result?.person?.name,
      result?.first_scan && texts.moment(new Date(result.first_scan.scanned_at), app.zone),
      view.next && texts.get(view.next),
    );
  }

  function tapped(event) {
    if (event.target.closest("button") || performance.now() - openedAt < TAP_GUARD) return;
    close();
  }

  function close(action = null) {
    discard();
    onClosed(action);
  }

  function discard() {
    clearTimeout(timer);
    element?.remove();
    element = null;
  }

  return {
    open,
    close: () => close(),
    discard,
    get stays() {
      return stays;
    },
    get isOpen() {
      return element !== null;
    },
    focus: () => element?.querySelector(".verdict__button--next").focus({ preventScroll: true }),
  };
}

/** When and where the badge was first used: in the event's zone, in the reader's language. */
function firstScan(app, { scanned_at, checkpoint, device }) {
  const { texts } = app;
  const at = new Date(scanned_at);
  const place = checkpoint ? texts.label(checkpoint.name) : null;
  return el(
    "div",
    { class: "first" },
    el("h2", { class: "first__title" }, texts.get("verdict.first")),
    el(
      "dl",
      {},
      el("dt", {}, texts.get("verdict.when")),
      el("dd", {}, el("time", { datetime: scanned_at, class: "first__time" }, texts.moment(at, app.zone)), " ", el("span", { class: "first__ago" }, texts.ago(at, app.api.now()))),
      place && el("dt", {}, texts.get("verdict.where")),
      place && el("dd", { lang: place.lang, dir: "auto" }, place.text),
      device && el("dt", {}, texts.get("verdict.device")),
      device && foreignText("dd", device),
    ),
  );
}
