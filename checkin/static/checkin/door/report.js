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
  #ended = null;
  #timer = 0;
  #on = false;

  constructor({ api, delivery, version, onOutcome }) {
    this.#api = api;
    this.#delivery = delivery;
    this.#version = version;
    this.#onOutcome = onOutcome;
  }

  /** Report from now on; `shift` is asked each time, `ended` are those whose last numbers are still to be told. */
  start(shift, ended) {
    this.stop();
    this.#on = true;
    this.#shift = shift;
    this.#ended = ended;
    this.#timer = setTimeout(() => this.send(), FIRST);
  }

  stop() {
    this.#on = false;
    clearTimeout(this.#timer);
  }

  /** Say it now: first what shifts before this one counted last. */
  async send() {
    clearTimeout(this.#timer);
    for (const shift of this.#ended?.list() ?? []) {
      const outcome = await this.#tell(shift, true);
      if (outcome?.kind !== "answer" && outcome?.kind !== "refused") break; // no network: they wait for the next time
      await this.#ended.told(shift);
    }
    const outcome = await this.#tell(this.#shift(), false);
    if (!this.#on) return;
    await this.#onOutcome(outcome);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send(), EVERY);
  }

  async #tell(shift, ended) {
    const state = {
      battery: await battery(),
      queue_length: this.#delivery.waiting.length,
      version: this.#version,
      shift: shift && shiftToWire(shift, ended),
    };
    return this.#on ? this.#api.report(state) : null;
  }
}

async function battery() {
  try {
    return Math.round(100 * (await navigator.getBattery()).level);
  } catch {
    return null; // most browsers do not tell
  }
}
