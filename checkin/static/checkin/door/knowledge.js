/**
 * What this phone knows by itself, kept current while there is a network: guests, passages, and the verdict from both.
 */

import { Guests } from "./guests.js";
import { Judge } from "./judge.js";
import { Muster } from "./muster.js";
import { Passages } from "./passages.js";
import { Portraits } from "./portraits.js";
import { Vault } from "./vault.js";

const EVERY = 20_000; // ms between two questions what is new

export class Knowledge extends EventTarget {
  #store;
  #api;
  #judge;
  #timer = 0;
  #event = null;
  #place = null;
  #loaded = Promise.resolve();
  guests;
  passages;
  muster;
  #portraits;
  /** Whether somebody in charge carries this phone: then it knows who is inside everywhere. */
  supervisor = false;
  /** When the server was last asked with success, ms by the corrected clock; 0: never. */
  askedAt = 0;

  constructor(store, api) {
    super();
    this.#store = store;
    this.#api = api;
    const vault = new Vault(store);
    this.guests = new Guests(api, vault, () => this.makeRoom());
    this.#portraits = new Portraits(api, vault);
    this.passages = new Passages(api, store);
    this.muster = new Muster(api, store, this.guests);
    this.#judge = new Judge(this.guests, this.passages);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.refresh();
      else this.passages.write(this.#now());
    });
  }

  #now() {
    return this.#api.now().getTime();
  }

  /** Work for this event and place from now on; null: forget what is in memory. Reading 100,000 guests takes a second,
   *  so nobody waits for it but a scan. */
  serve(event, place) {
    clearTimeout(this.#timer);
    [this.#event, this.#place, this.askedAt] = [event, place, 0];
    this.#loaded = this.#load().catch(() => {});
    if (event !== null) this.#loaded.then(() => this.refresh());
    return this.#loaded;
  }

  async #load() {
    await this.guests.serve(this.#event);
    await this.muster.serve(this.#event);
    await this.#stand();
  }

  /** The volunteer has gone to another place: passages are counted there. */
  stand(place) {
    this.#place = place;
    this.#loaded = this.#loaded.then(() => this.#stand()).catch(() => {});
    return this.#loaded.then(() => this.refresh());
  }

  async #stand() {
    await this.passages.serve(this.#event, this.#place && this.#areaOf(this.#place));
    await this.#replay();
    this.#portraits.serve(this.#event, this.#showsPortraits ? this.#place : null);
  }

  #areaOf(slug) {
    return this.guests.head?.checkpoints.find((checkpoint) => checkpoint.slug === slug)?.area ?? slug;
  }

  get #showsPortraits() {
    return Boolean(this.guests.head?.checkpoints.find(({ slug }) => slug === this.#place)?.photos);
  }

  /** What this phone let through before it was closed and has not delivered yet still counts here. */
  async #replay() {
    for (const scan of await this.#store.waiting()) {
      if (scan.event !== this.#event || scan.local !== "admit" || !this.#isHere(scan)) continue;
      const id = this.#judge.idOf(scan.credential);
      if (id) this.passages.note(id, scan.direction === "out" ? "leave" : "enter", Date.parse(scan.scanned_at));
    }
  }

  /** Passages of this phone's own scans that the server has not heard of yet, for the muster list. */
  async undelivered() {
    const waiting = (await this.#store.waiting()).filter((scan) => scan.event === this.#event && scan.local === "admit");
    return waiting.map((scan) => ({
      area: this.#areaOf(scan.checkpoint), id: this.#judge.idOf(scan.credential), direction: scan.direction,
      at: Date.parse(scan.scanned_at),
    })).filter(({ id }) => id);
  }

  #isHere({ checkpoint }) {
    return this.#place !== null && this.#areaOf(checkpoint) === this.#areaOf(this.#place);
  }

  /** Ask now what is new, and again every little while. */
  async refresh() {
    clearTimeout(this.#timer);
    if (this.#event === null) return;
    if (await this.guests.expire(this.#now())) this.#portraits.serve(this.#event, null);
    const kind = await this.guests.refresh(this.#now());
    if (kind === "signed_out") return this.dispatchEvent(new Event("signed_out"));
    if (kind === "answer") {
      this.askedAt = this.#now();
      await this.passages.serve(this.#event, this.#place && this.#areaOf(this.#place));
      await this.passages.refresh(this.#place, this.#now());
      if (this.supervisor) await this.muster.refresh(this.#now());
      this.#portraits.serve(this.#event, this.#showsPortraits ? this.#place : null);
      this.#portraits.refresh(this.#now()); // nothing waits for faces
    }
    this.dispatchEvent(new Event("changed"));
    clearTimeout(this.#timer);
    if (this.#event !== null) this.#timer = setTimeout(() => this.refresh(), EVERY);
  }

  /** The phone's own verdict on a scan; null where it knows too little. */
  async verdict(scan, now) {
    await this.#loaded;
    return this.#isHere(scan) ? this.#judge.verdict(scan, now).catch(() => null) : null;
  }

  /** Guests by name as this phone knows them; null where it has no list. */
  search(words) {
    return this.guests.ready(this.#now()) ? this.guests.search(words) : null;
  }

  /** The face of a badge's holder as this phone carries it: WebP in base64, or null. */
  face(credential) {
    return this.#portraits.of(this.#judge.idOf(credential));
  }

  /** The same, from the server where this phone carries too few. */
  async findFace(credential) {
    const id = this.#judge.idOf(credential);
    return id && this.#portraits.find(id);
  }

  /** Give the disk's room to a scan. @returns whether there was any to give */
  makeRoom() {
    return this.#portraits.makeRoom();
  }

  decided({ id, effect }, now) {
    this.passages.note(id, effect, now.getTime());
  }

  settled(pairs) {
    for (const { scan, result } of pairs) {
      const id = this.#judge.idOf(scan.credential);
      if (id && this.#isHere(scan)) this.passages.settle(id, result, scan.direction, Date.parse(scan.scanned_at));
    }
  }
}
