/**
 * Small portraits of the guests of one checkpoint that shows them: in memory, and sealed on disk like the list of guests.
 * A phone without room goes on without them; whoever needs the room may take it.
 */

const NAME = "portraits";
const AT_ONCE = 25; // the contract's limit
const EVERY = 300_000; // ms between two questions whose portraits are to be carried

export class Portraits {
  #api;
  #vault;
  #event = null;
  #place = null; // slug; null where no portrait is shown
  #faces = new Map(); // credential id → [what changes with the picture, WebP in base64]
  #complete = true;
  #askedAt = -Infinity;
  #served = Promise.resolve();
  #loading = null;
  #onDisk = true; // until it is known that nothing is

  constructor(api, vault) {
    this.#api = api;
    this.#vault = vault;
  }

  /** Show portraits at this checkpoint from now on; null: at none, and what the disk has of them goes. */
  serve(event, place) {
    if (this.#event === event && this.#place === place) return;
    [this.#event, this.#place, this.#faces, this.#askedAt] = [event, place, new Map(), -Infinity];
    this.#complete = true;
    this.#served = this.#read(event, place).catch(() => {}); // a disk that fails is a phone without portraits
  }

  async #read(event, place) {
    const kept = place === null ? null : await this.#vault.get(NAME);
    if (this.#event !== event || this.#place !== place) return;
    if (kept?.event === event && kept.place === place) [this.#faces, this.#complete] = [new Map(kept.faces), kept.complete];
    else if (event !== null) await this.#erase();
  }

  /** Ask the server whose portraits to carry, and for those that are missing. Resolves when that is done. */
  refresh(now) {
    if (this.#place === null || now - this.#askedAt < EVERY) return this.#loading;
    this.#askedAt = now;
    this.#loading ??= this.#ask().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #ask() {
    await this.#served;
    const [event, place, faces] = [this.#event, this.#place, this.#faces];
    if (place === null) return;
    const here = () => this.#faces === faces;
    const { kind, data } = await this.#api.portraits(place);
    if (!here()) return;
    if (kind === "refused") return this.#drop(); // the office shows none here any more
    if (kind !== "answer") return;
    const told = new Map(data.portraits);
    const gone = [...faces].filter(([id, [digest]]) => told.get(id) !== digest);
    for (const [id] of gone) faces.delete(id);
    const missing = [...told.keys()].filter((id) => !faces.has(id));
    for (let at = 0; at < missing.length; at += AT_ONCE) {
      const answer = await this.#api.faces(place, missing.slice(at, at + AT_ONCE));
      if (!here()) return;
      if (answer.kind !== "answer") break; // the next round goes on from here
      for (const [id, face] of Object.entries(answer.data.faces)) faces.set(id, [told.get(id), face]);
    }
    const changed = gone.length || missing.length || this.#complete !== data.complete;
    this.#complete = data.complete;
    if (changed) await this.#keep({ event, place, complete: data.complete, faces: [...faces] });
  }

  #keep(value) {
    this.#onDisk = true;
    return this.#vault.put(NAME, value).catch(() => this.#erase()); // from memory until the page is closed
  }

  #drop() {
    this.#faces = new Map();
    return this.#erase();
  }

  async #erase() {
    const had = this.#onDisk;
    this.#onDisk = false;
    await this.#vault.remove(NAME).catch(() => {});
    return had;
  }

  /** Give the disk's room to what matters more. @returns whether there was any to give */
  makeRoom() {
    return this.#onDisk && this.#place !== null ? this.#erase() : false;
  }

  /** The face to a credential id as this phone carries it: WebP in base64, or null. */
  of(id) {
    return this.#faces.get(id)?.[1] ?? null;
  }

  /** The same, asking the server for one that a phone is too small to carry. */
  async find(id) {
    const known = this.of(id);
    if (known || this.#place === null || this.#complete) return known;
    const { kind, data } = await this.#api.faces(this.#place, [id]);
    return (kind === "answer" && data.faces[id]) || null;
  }
}
