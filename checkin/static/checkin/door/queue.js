/**
 * Rules of the queue of scans: what is sent when, and what an answer means for it. Pure: no storage, no network here.
 * The one law: a scan leaves the queue only together with the server's answer to this very scan.
 */

export const BATCH = 200; // the contract's limit
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;
const VERDICTS = new Set(["admit", "refuse", "conflict"]);

/**
 * A scan as the contract wants it, with what only the phone needs beside it: whose event it is, whether it is held for
 * a person to look at, and what the phone itself said (`local`, null while it waits for the server).
 */
export function newScan({ id, credential, checkpoint, direction, escort = null, scannedAt, event }) {
  return {
    id, credential, checkpoint, direction, escort, scanned_at: scannedAt, offline: false, refused: null, event,
    held: false, local: null,
  };
}

/** What the phone has decided without the server, as changes to the queued scan. */
export function decidedHere({ verdict, reason }) {
  return { offline: true, local: verdict, refused: verdict === "admit" ? null : reason };
}

/** The part of a queued scan that goes over the wire. */
export function toWire({ id, credential, checkpoint, direction, escort, scanned_at, offline, refused }) {
  return {
    id, credential, checkpoint, direction, scanned_at, offline, ...(escort && { escort }), ...(refused && { refused }),
  };
}

/** The scans to send next, oldest first. Another event's wait until the phone is enrolled there again. */
export function nextBatch(waiting, event, limit = BATCH) {
  return waiting
    .filter((scan) => scan.event === event && !scan.held)
    .sort((a, b) => a.scanned_at.localeCompare(b.scanned_at) || a.id.localeCompare(b.id))
    .slice(0, limit);
}

/** Pairs of scan and result for every scan the answer really settles; whatever else it says settles nothing. */
export function settled(batch, answer) {
  const results = new Map();
  for (const result of Array.isArray(answer?.results) ? answer.results : []) {
    if (result && VERDICTS.has(result.verdict)) results.set(String(result.id).toLowerCase(), result);
  }
  return batch.filter((scan) => results.has(scan.id)).map((scan) => ({ scan, result: results.get(scan.id) }));
}

/**
 * What to do after an attempt to send: "settle" what was answered, "retry" later, "split" a batch that was refused
 * whole until the scan that spoils it stands alone, "hold" that one for a person to look at, or stop: "signed_out".
 */
export function afterAttempt(outcome, size) {
  if (outcome.kind === "answer") return "settle";
  if (outcome.kind === "signed_out") return "signed_out";
  if (outcome.kind === "refused") return size > 1 ? "split" : "hold";
  return "retry";
}

/** Milliseconds to wait after so many failures in a row: doubling, with jitter so that ten phones do not knock at once. */
export function backoff(failures, random = Math.random) {
  const full = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.max(0, failures - 1));
  return Math.round(full / 2 + (random() * full) / 2);
}
