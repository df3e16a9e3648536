/**
 * Tells the server every minute how this phone is: battery, scans that wait, its version, the shift. What comes back is the
 * session, so a change of place or time reaches the phone without being asked for.
 */

import { shiftToWire } from "./shift.js";

const EVERY = 60_000; // ms
const FIRST = 5_000; // ms: scans and the list of guests go first

export class Reporter {
  #api;
  #delivery;
  #version;
  #onOutcome;
  #shift = () => null;
  #timer = 0;
  #on = false;

  constructor({ api, delivery, version, onOutcome }) {
    this.#api = api;
    this.#delivery = delivery;
    this.#version = version;
    this.#onOutcome = onOutcome;
  }

  /** Report from now on; `shift` is asked each time. */
  start(shift) {
    this.stop();
    this.#on = true;
    this.#shift = shift;
    this.#timer = setTimeout(() => this.send(), FIRST);
  }

  stop() {
    this.#on = false;
    clearTimeout(this.#timer);
  }

  /** Say it now; `ended`: the shift it is about is over. */
  async send(ended = false) {
    clearTimeout(this.#timer);
    const shift = this.#shift();
    const state = {
      battery: await battery(),
      queue_length: this.#delivery.waiting.length,
      version: this.#version,
      shift: shift && shiftToWire(shift, ended),
    };
    if (!this.#on) return;
    const outcome = await this.#api.report(state);
    if (!this.#on) return;
    await this.#onOutcome(outcome);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send(), EVERY);
  }
}

async function battery() {
  try {
    return Math.round(100 * (await navigator.getBattery()).level);
  } catch {
    return null; // most browsers do not tell
  }
}
