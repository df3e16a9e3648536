/**
 * The verdict on a scan while there is no server to ask: checkin/rules.py once more, held to it by the same cases
 * (checkin/cases.json) and by random ones. Pure: moments are passed in, in milliseconds; whether a badge is genuine is
 * decided before. A badge is its facts, or the reason why it is none.
 *
 * place: {active, entries, categories: Set, rights, escorted: Set, opensAt, closesAt, capacity, pause, timeZone, dayChange}
 * badge: {issue, currentIssue, category, withdrawn, rights} · passage: {entered, left}
 */

const MINUTE = 60_000;
const ONLINE_TOLERANCE = 15 * MINUTE;
const FUTURE_TOLERANCE = 5 * MINUTE;
const OFFLINE_AGE = 14 * 24 * 60 * MINUTE;

/** The time that counts: the device's while it is plausible, else the other one. */
export function moment({ scannedAt, receivedAt, offline }) {
  const age = receivedAt - scannedAt;
  const plausible = age >= -FUTURE_TOLERANCE && age <= (offline ? OFFLINE_AGE : ONLINE_TOLERANCE);
  return plausible ? { at: scannedAt, trusted: true } : { at: receivedAt, trusted: false };
}

/** @returns {{outcome: string, reason: string, effect: string}} */
export function decide({ place, badge, passage, direction, when, offline = false, escort = null, inside = 0 }) {
  if (typeof badge === "string") return refuse(badge);
  if (!place?.active) return refuse("unknown_checkpoint");
  if (direction === "out") return leaving(place, passage, when);
  const obstacle = obstacleTo(place, badge, when.at);
  if (obstacle) return refuse(obstacle);
  if (place.escorted.has(badge.category) && !mayEscort(place, escort, when.at)) return refuse("escort");
  const objection = objectionTo(place, passage, when.at, inside);
  if (objection) return verdict(offline ? "conflict" : "refuse", objection);
  return admitted(effectOf(place, passage, when.at), when);
}

/** The passage once a verdict's effect has happened. */
export function after(effect, passage, at) {
  if (effect === "enter") return { entered: at, left: null };
  if (effect === "leave") return { entered: passage.entered, left: at };
  return passage;
}

function leaving(place, passage, when) {
  if (!counts(place)) return admitted("none", when);
  return isInside(passage) ? admitted("leave", when) : refuse("not_inside");
}

function obstacleTo(place, badge, at) {
  if (badge.withdrawn) return "withdrawn";
  if (badge.issue < badge.currentIssue) return "superseded";
  const asks = place.categories.size > 0 || place.rights !== 0;
  if (asks && !place.categories.has(badge.category) && !(badge.rights & place.rights)) return "not_entitled";
  if (place.opensAt !== null && at < place.opensAt) return "not_open";
  if (place.closesAt !== null && at >= place.closesAt) return "closed";
  return null;
}

function mayEscort(place, escort, at) {
  if (escort === null || typeof escort === "string" || place.escorted.has(escort.category)) return false;
  return obstacleTo(place, escort, at) === null;
}

function objectionTo(place, passage, at, inside) {
  if (isUsed(place, passage, at)) return "duplicate";
  const last = passage.left ?? passage.entered;
  if (place.pause && last !== null && Math.abs(at - last) < place.pause * MINUTE) return "too_soon";
  if (place.capacity !== null && place.entries !== "unlimited" && inside >= place.capacity) return "full";
  return null;
}

function isUsed(place, passage, at) {
  if (passage.entered === null || place.entries === "unlimited") return false;
  if (place.entries === "daily") return dayOf(place, passage.entered) === dayOf(place, at);
  return place.entries === "once" || isInside(passage);
}

const isInside = (passage) => passage.entered !== null && passage.left === null;
const counts = (place) => place.entries !== "unlimited" || place.pause > 0;

function effectOf(place, passage, at) {
  const late = place.entries !== "in_out" && passage.entered !== null && at < passage.entered;
  return counts(place) && !late ? "enter" : "none";
}

const verdict = (outcome, reason, effect = "none") => ({ outcome, reason, effect });
const refuse = (reason) => verdict("refuse", reason);
const admitted = (effect, when) => verdict("admit", when.trusted ? "ok" : "clock", effect);

const calendars = new Map(); // making one takes a hundred times as long as asking it

/** The day a moment belongs to at a place, as a text that is the same for the whole of it. */
export function dayOf({ timeZone, dayChange }, at) {
  let calendar = calendars.get(timeZone);
  if (!calendar) {
    const options = { timeZone, calendar: "gregory", numberingSystem: "latn", year: "numeric", month: "2-digit", day: "2-digit" };
    calendar = new Intl.DateTimeFormat("en", options);
    calendars.set(timeZone, calendar);
  }
  return calendar.format(at - dayChange * MINUTE);
}
