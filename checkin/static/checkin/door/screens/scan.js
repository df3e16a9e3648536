/**
 * The screen of the shift: camera, verdicts over it, and what a thumb reaches: direction, search, light, last scans.
 */

import { classify } from "../classify.js";
import { el, icon } from "../dom.js";
import { RepeatGuard } from "../repeat.js";
import { present, presentForeign, presentKept, presentUnrecorded } from "../verdict.js";
import { Viewfinder } from "../viewfinder.js";
import { listenToScanner } from "../wedge.js";
import { checkpointScreen } from "./checkpoint.js";
import { iconButton } from "./parts.js";
import { recentScreen } from "./recent.js";
import { searchScreen } from "./search.js";
import { settingsScreen } from "./settings.js";
import { undoScreen } from "./undo.js";
import { verdictPanel } from "./verdict.js";

const SAME_STAYS = 1200; // ms after the badge has left the picture
const ESCORT_WAITS = 30_000; // ms

export function scanScreen(app, { credential = null } = {}) {
  const { texts } = app;
  const guard = new RepeatGuard();
  const viewfinder = new Viewfinder(app, { hint: "scan.hint", onText: seen, onReady: ready, onRest: rest });
  const status = el("p", { class: "status" });
  const tally = el("p", { class: "tally" });
  const alarm = el("button", { type: "button", class: "alarm", hidden: true, onclick: () => app.open(recentScreen) });
  const outOfTime = el("p", { class: "note note--warning", role: "alert", hidden: true });
  const light = iconButton("light", texts.get("action.light"), toggleLight, { hidden: true, "aria-pressed": "false" });
  const place = app.placeLabel(app.checkpoint);
  const base = el(
    "div",
    { class: "screen screen--scan" },
    el("h1", { class: "unseen" }, texts.get("scan.title")),
    el(
      "header",
      { class: "bar" },
      el(
        "button",
        { type: "button", class: "place", onclick: () => app.open(checkpointScreen) },
        icon("place"),
        el("span", { lang: place.lang, dir: "auto" }, place.text),
      ),
      el(
        "button",
        { type: "button", class: "round", "aria-label": texts.get("action.settings"), onclick: () => app.open(settingsScreen) },
        icon("menu"),
      ),
    ),
    viewfinder.element,
    el(
      "footer",
      { class: "controls" },
      outOfTime,
      alarm,
      el("div", { class: "facts" }, tally, status),
      app.place.entries === "in_out" ? directionSwitch(app) : null,
      el(
        "div",
        { class: "thumb" },
        iconButton("search", texts.get("action.search"), () => app.open(searchScreen)),
        light,
        iconButton("list", texts.get("action.recent"), () => app.open(recentScreen)),
      ),
    ),
  );
  const element = el("div", { class: "layers" }, base);
  const panel = verdictPanel(app, { onClosed: goOn });
  let stopScanner = () => {};
  let shownScan = null;
  let accompanied = null; // the badge that waits for its escort's
  let wakeLock = null;

  function seen(text, takenAt) {
    if (!guard.accepts(text, performance.now())) return viewfinder.say(texts.get("scan.same"), SAME_STAYS);
    const found = classify(text);
    if (found.kind !== "badge") return show(presentForeign(found.kind === "enrolment" ? "enrolment" : found.family), { takenAt });
    if (accompanied) return judge(accompanied, takenAt, found.credential);
    judge(found.credential, takenAt);
  }

  /** From a handheld scanner: faster than the green panel, so it closes it. A refusal still waits for a person. */
  function typed(text) {
    if (panel.isOpen && !panel.stays) panel.close();
    if (!viewfinder.paused) seen(text, performance.now());
  }

  async function judge(credential, takenAt = null, escort = null) {
    accompanied = null;
    viewfinder.aim("scan.hint");
    viewfinder.paused = true;
    viewfinder.say(texts.get("scan.checking"));
    base.classList.add("screen--checking");
    const { scan, result } = await app.scan(credential, escort);
    if (!app.session) return; // signed out while asking
    shownScan = scan;
    if (result) show(present(result, scan.direction), { result, takenAt, credential });
    else show(result === null ? presentKept() : presentUnrecorded(), { takenAt });
  }

  function show(view, { result = null, takenAt = null, credential = null }) {
    viewfinder.paused = true;
    base.classList.remove("screen--checking");
    base.inert = true;
    element.append(panel.open(view, result, credential));
    panel.focus();
    app.signals.give(view.tone);
    if (takenAt !== null) measure(takenAt);
  }

  function goOn(action) {
    const judged = shownScan;
    shownScan = null;
    base.inert = false;
    if (action === "escort") accompany(judged.credential);
    if (action === "search") return app.open(searchScreen);
    if (action === "checkpoint") return app.open(checkpointScreen);
    if (action === "undo") return app.open(undoScreen, { scan: judged });
    guard.resume(performance.now());
    viewfinder.say(null);
    viewfinder.paused = false;
    viewfinder.wake();
    refresh();
  }

  /** The next badge is the escort's; after a while the guest has gone to fetch one, and the next badge is anybody's. */
  function accompany(credential) {
    accompanied = credential;
    viewfinder.aim("scan.escort");
    setTimeout(() => {
      if (accompanied !== credential) return;
      accompanied = null;
      viewfinder.aim("scan.hint");
    }, ESCORT_WAITS);
  }

  /** A kept scan was answered while its amber panel still shows: the guest stands there, so show the verdict now. */
  function answered(pairs) {
    const pair = pairs.find(({ scan }) => scan.id === shownScan?.id);
    if (!pair || !panel.isOpen) return null;
    show(present(pair.result, pair.scan.direction), { result: pair.result, credential: pair.scan.credential });
    return pair.scan.id;
  }

  function refresh() {
    const { waiting, online } = app.delivery;
    tally.textContent = texts.count("count.admitted", app.shift.admitted);
    status.classList.toggle("status--warning", !online || waiting.length > 0);
    status.replaceChildren(icon("cloud"), waitingText(waiting.length, online));
    sayTime();
    alarm.hidden = app.lateRefusals === 0;
    if (app.lateRefusals) alarm.textContent = texts.count("count.refused_late", app.lateRefusals);
  }

  /** Outside of its time the server refuses every scan of this phone; better said before a guest stands there. */
  function sayTime() {
    const [from, until] = app.workingTime;
    const now = app.api.now();
    const early = from !== null && now < from;
    outOfTime.hidden = !early && !(until !== null && now >= until);
    if (outOfTime.hidden) return;
    const text = early ? texts.get("scan.too_early", { time: texts.moment(from, app.zone) }) : texts.get("scan.too_late", { time: texts.moment(until, app.zone) });
    if (outOfTime.textContent !== text) outOfTime.textContent = text;
  }

  function waitingText(count, online) {
    if (count) return texts.count("count.waiting", count);
    return texts.get(online ? "scan.online" : "scan.offline");
  }

  function ready() {
    offerLight();
    stayAwake();
  }

  function offerLight() {
    light.hidden = !viewfinder.light;
    light.setAttribute("aria-pressed", "false");
  }

  async function toggleLight() {
    const on = light.getAttribute("aria-pressed") !== "true";
    await viewfinder.setLight(on).then(() => light.setAttribute("aria-pressed", String(on)), () => {});
  }

  async function stayAwake() {
    maySleep();
    wakeLock = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  function rest() {
    light.hidden = true;
    maySleep();
  }

  function maySleep() {
    wakeLock?.release().catch(() => {});
    wakeLock = null;
  }

  return {
    element,
    refresh,
    answered,
    shown() {
      refresh();
      stopScanner = listenToScanner(typed);
      viewfinder.start();
      if (credential) judge(credential);
    },
    leave() {
      panel.discard();
      stopScanner();
      viewfinder.stop();
      maySleep();
    },
  };
}

function directionSwitch(app) {
  const option = (direction) => {
    const input = el("input", {
      type: "radio", name: "direction", id: `direction-${direction}`, value: direction,
      checked: app.direction === direction, onchange: () => app.setDirection(direction),
    });
    return [input, el("label", { for: `direction-${direction}` }, app.texts.get(`direction.${direction}`))];
  };
  return el(
    "fieldset",
    { class: "direction" },
    el("legend", { class: "unseen" }, app.texts.get("direction.label")),
    ...option("in"),
    ...option("out"),
  );
}

/** How long it took from the picture to the painted verdict; read by the journeys and by a browser's own tools. */
function measure(takenAt) {
  requestAnimationFrame(() =>
    setTimeout(() => performance.measure("door: picture to verdict", { start: takenAt, end: performance.now() })),
  );
}
