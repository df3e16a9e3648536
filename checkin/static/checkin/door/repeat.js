/**
 * Tells a badge that is still held before the camera from one that comes again. Pure: time is passed in, in ms.
 */

const AWAY = 3000;

export class RepeatGuard {
  #text = null;
  #seenAt = -Infinity;

  /** Whether this text is a new scan. A code counts as the same until it has been out of view for three seconds. */
  accepts(text, now) {
    const same = text === this.#text && now - this.#seenAt < AWAY;
    this.#text = text;
    this.#seenAt = now;
    return !same;
  }

  /** Scanning goes on after a verdict: the badge just judged may still be in view, however long that was read. */
  resume(now) {
    this.#seenAt = now;
  }

  forget() {
    this.#text = null;
  }
}
