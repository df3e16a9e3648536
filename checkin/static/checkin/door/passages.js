/**
 * Who has come through where, as far as this phone knows: what the server told, and on top of it what this phone let
 * through and has not delivered yet. No names here, only the random ids of badges.
 */

import { after } from "./decide.js";

const NEVER = Object.freeze({ entered: null, left: null });
const WRITE_AFTER = 60_000; // ms: what is lost with a killed page is asked for again, or still lies in the queue

export class Passages {
  #api;
  #store;
  #event = null;
  #area = null;
  #known = new Map(); // id → {entered, left}, ms
  #own = new Map(); // the same, from scans that wait for the server
  #version = null;
  #writtenAt = 0;

  constructor(api, store) {
    this.#api = api;
    this.#store = store;
  }

  /** Where this phone counts from now on; what the disk has of it is read at once. */
  async serve(event, area) {
    if (this.#event === event && this.#area === area) return;
    [this.#event, this.#area] = [event, area];
    [this.#known, this.#own, this.#version] = [new Map(), new Map(), null];
    if (area === null) return;
    const kept = await this.#store.get("passages");
    if (kept?.event !== event || kept.area !== area || this.#area !== area) return;
    this.#known = kept.known;
    this.#version = kept.version;
  }

  /** Ask the server who came through since it was asked last. */
  async refresh(checkpoint, now) {
    const area = this.#area;
    if (area === null) return;
    const { kind, data } = await this.#api.passages(checkpoint, this.#version);
    if (kind !== "answer" || data.area !== this.#area || area !== this.#area) return;
    if (data.complete) this.#known = new Map();
    for (const [id, entered, left] of data.passages) {
      if (entered === null) this.#known.delete(id); // the only entry was taken back
      else this.#known.set(id, { entered, left });
    }
    this.#version = data.version;
    if (now - this.#writtenAt > WRITE_AFTER || data.complete) await this.write(now);
  }

  async write(now) {
    if (this.#area === null) return;
    this.#writtenAt = now;
    const kept = { event: this.#event, area: this.#area, known: this.#known, version: this.#version };
    await this.#store.put("passages", kept).catch(() => {});
  }

  of(id) {
    return this.#own.get(id) ?? this.#known.get(id) ?? NEVER;
  }

  /** How many are inside, for what it is worth without a network: other doors go on letting people in. */
  get inside() {
    let count = 0;
    for (const [id, { left }] of this.#known) if (left === null && !this.#own.has(id)) count += 1;
    for (const { left } of this.#own.values()) if (left === null) count += 1;
    return count;
  }

  /** This phone has let somebody through without the server. */
  note(id, effect, at) {
    if (effect !== "none") this.#own.set(id, after(effect, this.of(id), at));
  }

  /** The server has answered for this badge: its word counts from now on. */
  settle(id, result, direction, at) {
    const passage = this.of(id);
    this.#own.delete(id);
    if (result.verdict !== "admit") return;
    this.#known.set(id, after(direction === "out" ? "leave" : "enter", passage, at));
  }
}
