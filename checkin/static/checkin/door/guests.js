/**
 * Who may come in, as this phone knows it: the server's snapshot and what changed since, in memory and sealed on disk.
 */

import { Keys } from "./badge.js";
import { fold } from "./fold.js";

const MOST_CHANGES = 20; // kept beside the whole before it is written anew: sealing 100,000 guests takes a second
const MOST_FOUND = 20;

export class Guests {
  #api;
  #vault;
  #makeRoom;
  #event = null;
  #guests = new Map(); // by credential id: [id, issue, category, rights, name, latin name, organisation, code], as told
  #revoked = new Set();
  #changes = [];
  #wholeVersion = null;
  #head = null;
  #keys = null;
  #folded = null;
  #loading = null;
  #expired = null; // the version of a list that was thrown away
  /** Whether what is in memory also lies on the disk; false on a phone without room. */
  kept = true;

  /** `makeRoom` gives the disk's room to the list and says whether there was any to give. */
  constructor(api, vault, makeRoom = () => false) {
    this.#api = api;
    this.#vault = vault;
    this.#makeRoom = makeRoom;
  }

  get size() {
    return this.#guests.size;
  }

  /** Whether verdicts can be given from this list now. */
  ready(now) {
    return this.#head !== null && now < Date.parse(this.#head.expires_at);
  }

  get head() {
    return this.#head;
  }

  get keys() {
    return this.#keys;
  }

  /** Work for this event from now on: what the disk has of it is read at once. */
  async serve(event) {
    [this.#event, this.#expired] = [event, null];
    this.#forget();
    if (event === null) return;
    const whole = await this.#vault.get(`guests ${event}`);
    if (this.#event !== event || !whole) return;
    const changes = (await this.#vault.get(`changes ${event}`)) ?? [];
    if (this.#event !== event) return;
    await this.#take(whole);
    this.#wholeVersion = whole.version;
    for (const change of changes) if (change.of === whole.version) await this.#take(change);
    this.#changes = changes.filter((change) => change.of === whole.version);
  }

  /** Names have no business here once the list has expired: they go from memory and from the disk. */
  async expire(now) {
    if (this.#head === null || this.ready(now)) return false;
    this.#expired = this.#head.version;
    this.#forget();
    for (const name of ["guests", "changes"]) await this.#vault.remove(`${name} ${this.#event}`).catch(() => {});
    return true;
  }

  /** Ask the server what is new. @returns the outcome's kind; "answer" when the list is now as the server's. */
  refresh(now) {
    this.#loading ??= this.#ask(now).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #ask(now) {
    const event = this.#event;
    // Of a list that has expired only the changes are asked for: enough to hear that it is good again.
    const outcome = await this.#api.snapshot(this.#head?.version ?? this.#expired);
    if (outcome.kind !== "answer" || this.#event !== event) return outcome.kind;
    if (Date.parse(outcome.data.expires_at) <= now) {
      this.#head = { version: outcome.data.version, expires_at: outcome.data.expires_at };
      await this.expire(now);
      return "answer";
    }
    if (this.#expired !== null && !outcome.data.complete) {
      this.#expired = null;
      return this.#ask(now);
    }
    this.#expired = null;
    const told = columns(outcome.data);
    const known = this.#head?.version;
    if (told.complete) this.#forget();
    await this.#take(told);
    if (told.complete) await this.#keepWhole(event, told);
    else if (told.version !== known || told.guests.length || told.revoked.length) await this.#keepChange(event, told);
    return "answer";
  }

  async #take({ head, guests, revoked, version }) {
    this.#head = { ...head, version };
    this.#keys = await Keys.from(head.keys);
    for (const row of guests) this.#guests.set(row[0], row); // as it came: copies would take a third of the time
    if (this.#revoked.size) for (const [id] of guests) this.#revoked.delete(id);
    for (const id of revoked) {
      this.#guests.delete(id);
      this.#revoked.add(id);
    }
    this.#folded = null;
  }

  #keepWhole(event, told) {
    this.#changes = [];
    this.#wholeVersion = told.version;
    return this.#write(() =>
      this.#vault.put(`guests ${event}`, told).then(() => this.#vault.put(`changes ${event}`, [])),
    );
  }

  #keepChange(event, told) {
    this.#changes.push({ ...told, of: this.#wholeVersion });
    if (this.#changes.length > MOST_CHANGES) return this.#keepWhole(event, this.#whole());
    return this.#write(() => this.#vault.put(`changes ${event}`, this.#changes));
  }

  async #write(work) {
    const tried = () => work().then(() => true, () => false);
    this.kept = (await tried()) || ((await this.#makeRoom()) && (await tried())); // else: from memory, until it is closed
  }

  #whole() {
    const { version, ...head } = this.#head;
    return { complete: true, version, head, guests: [...this.#guests.values()], revoked: [...this.#revoked] };
  }

  #forget() {
    this.#guests = new Map();
    this.#revoked = new Set();
    this.#changes = [];
    this.#head = this.#keys = this.#folded = null;
  }

  /** What the rules need of a credential, by its id: null where the list has never heard of it. */
  badge(id) {
    const row = this.#guests.get(id);
    if (row) return { currentIssue: row[1], category: row[2], rights: row[3], withdrawn: false };
    return this.#revoked.has(id) ? { currentIssue: 1, category: null, rights: 0, withdrawn: true } : null;
  }

  /** The guest as the server would tell of one; null where the list does not know. */
  person(id) {
    const row = this.#guests.get(id);
    if (!row) return null;
    const [, , category, , name, latinName, organisation] = row;
    const { name: label, colour } = this.#head.categories.find(({ slug }) => slug === category) ?? { name: {}, colour: "#000000" };
    return { name, latin_name: latinName, organisation, category: { name: label, colour }, photo: null };
  }

  /** The credential id of a badge's short code, typed or read out. */
  idOf(code) {
    const wanted = code.toUpperCase().replace(/[^A-Z0-9]/g, "");
    for (const [id, row] of this.#guests) if (row[7] === wanted) return id;
    return null;
  }

  /** Guests by name in any script, organisation or code, as the server's search answers. */
  search(words) {
    const wanted = fold(words).split(" ").filter(Boolean);
    const code = words.toUpperCase().replace(/[^A-Z0-9]/g, "");
    this.#folded ??= [...this.#guests.values()].map((row) => [row, fold(`${row[4]} ${row[5]} ${row[6]}`)]);
    const items = [];
    for (const [[id, , , , , , , own], text] of this.#folded) {
      if (own !== code && !wanted.every((word) => text.includes(word))) continue;
      items.push({ ...this.person(id), credential: `CODE:${own}`, code: own, state: "approved" });
      if (items.length === MOST_FOUND) break;
    }
    return { items, next: null };
  }
}

/** The server's snapshot with its long list as rows: a third of the memory, and half the time to read it again. */
function columns({ complete, version, credentials, revocations, ...head }) {
  const guests = credentials.map((one) => [
    one.id, one.issue, one.category, one.rights, one.name, one.latin_name, one.organisation, one.code,
  ]);
  return { complete, version, head, guests, revoked: revocations };
}
