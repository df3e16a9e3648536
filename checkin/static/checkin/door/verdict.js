/**
 * What a volunteer is shown for an answer: colour, sign, word, reason and next step, as keys into the texts. Pure.
 */

// Reasons that are not the guest's doing or stop nobody: amber, with a word of their own. All others are red.
const AMBER = {
  malformed: "word.again",
  unknown_checkpoint: "word.wait",
  unsupported: "word.wait",
  not_inside: "word.check",
};
const RED = new Set([
  "duplicate", "too_soon", "unknown", "forged", "other_event", "withdrawn", "superseded", "not_entitled", "escort", "full",
  "not_open", "closed", "conflict", "device_place", "device_time",
]);
const ACTIONS = { unknown_checkpoint: "checkpoint", unknown: "search", malformed: "search", escort: "escort", device_place: "checkpoint" };

/**
 * @returns {{tone, sign, word, title, next, action, stays}} `stays`: waits for a tap instead of going on by itself;
 * `action`: "search", "checkpoint" or "escort", what helps on; `notes`: what else is true of it
 */
export function present(result, direction = "in") {
  return { ...presentVerdict(result, direction), notes: notesOn(result) };
}

// What the phone could not do by itself is said beside its verdict; it never passes for the server's.
function notesOn({ local, unchecked, unlisted }) {
  if (!local) return [];
  return [unlisted ? "local.unlisted" : null, unchecked ? "local.unchecked" : null, "local.kept"].filter(Boolean);
}

function presentVerdict(result, direction) {
  if (result.verdict === "admit") return admitted(result.reason, direction);
  const reason = result.verdict === "conflict" ? "conflict" : result.reason;
  const shown = reason in AMBER || RED.has(reason) ? reason : "other";
  const texts = { title: `reason.${shown}`, next: `next.${shown}`, action: ACTIONS[shown] ?? null };
  return shown in AMBER ? view("wait", "exclamation", AMBER[shown], texts) : view("stop", "cross", "word.stop", texts);
}

function admitted(reason, direction) {
  // Let in, but the phone's time is wrong: the volunteer has to read that, so it does not vanish by itself.
  const clock = reason === "clock";
  const texts = clock ? { title: "reason.clock", next: "next.clock" } : { stays: false };
  return direction === "out" ? view("out", "out", "word.out", texts) : view("admit", "tick", "word.admit", texts);
}

/** The scan is on the phone and not yet with the server. */
export function presentKept() {
  return view("wait", "exclamation", "word.wait", { title: "kept.title", next: "kept.next" });
}

/** Neither the phone nor the server has the scan: the only case where something could be lost, so it says so. */
export function presentUnrecorded() {
  return view("stop", "cross", "word.stop", { title: "unrecorded.title", next: "unrecorded.next" });
}

// What helps with a code of its own kind; all others are answered with the badge that is wanted.
const FOREIGN_NEXT = { enrolment: "foreign.enrolment_next", wallet: "foreign.wallet_next" };

/** A code that is no badge: refused here, the server never hears of it. */
export function presentForeign(family) {
  return view("wait", "exclamation", "word.foreign", {
    title: `foreign.${family}`,
    next: FOREIGN_NEXT[family] ?? "foreign.next",
    action: "search",
  });
}

function view(tone, sign, word, { title = null, next = null, action = null, stays = true }) {
  return { tone, sign, word, title, next, action, stays, notes: [] };
}
