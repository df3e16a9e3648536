/**
 * One volunteer's shift with this phone, as the phone counts it. Pure.
 */

export const UNDO_FOR = 120_000; // ms after a scan in which a supervisor may take it back; the server allows one more minute

export function newShift({ id, volunteer, since }) {
  return { id, volunteer, since, admitted: 0, refused: {}, conflicts: 0 };
}

/** Count one answered scan. */
export function count(shift, { scan, result }) {
  if (result.verdict === "conflict") shift.conflicts += 1;
  else if (result.verdict === "refuse") shift.refused[result.reason] = (shift.refused[result.reason] ?? 0) + 1;
  else if (scan.direction === "in") shift.admitted += 1;
}

/** Count the server's word on a scan that came after the guest had gone on; what the phone said by itself is counted already. */
export function countLate(shift, pair) {
  if (!pair.scan.local) count(shift, pair);
  else if (pair.scan.local === "admit" && pair.result.verdict !== "admit") shift.conflicts += 1;
}

/** Whether a scan that the server has answered may still be taken back. */
export function mayUndo({ at, result, undone }, now) {
  return result?.verdict === "admit" && !result.local && !undone && now - at < UNDO_FOR;
}

/** A shift as the server is told of it. */
export function shiftToWire({ id, volunteer, since, admitted, refused, conflicts }, ended = false) {
  return { id, volunteer, started_at: new Date(since).toISOString(), admitted, refused, conflicts, ended };
}
