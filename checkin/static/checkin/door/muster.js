/**
 * Who is inside the whole event, as far as a supervisor's phone knows, and who of them has been found. Kept on the phone,
 * so that heads can be counted outside with the network down. Random ids of badges only; the names are the guest list's.
 */

import { dayOf } from "./decide.js";
import { whereabouts } from "./whereabouts.js";

export class Muster {
  #api;
  #store;
  #guests;
  #event = null;
  #areas = new Map(); // slug → {known: Map of id → {entered, left}, version}
  #found = new Set();
  /** When the doors were last asked about all areas, ms; 0: never. */
  knownAt = 0;

  constructor(api, store, guests) {
    [this.#api, this.#store, this.#guests] = [api, store, guests];
  }

  /** Work for this event from now on: what the disk has of it is read at once. */
  async serve(event) {
    [this.#event, this.#areas, this.#found, this.knownAt] = [event, new Map(), new Set(), 0];
    const kept = event && (await this.#store.get("muster"));
    if (kept?.event !== event || this.#event !== event) return;
    [this.#areas, this.#found, this.knownAt] = [kept.areas, kept.found, kept.knownAt];
  }

  /** The areas where people are inside: of each its name, how it counts, and a checkpoint by which to ask for it. */
  get areas() {
    const found = new Map();
    for (const one of this.#guests.head?.checkpoints ?? []) {
      if (one.kind === "materials" || (one.entries === "unlimited" && !one.pause)) continue;
      const known = found.get(one.area);
      if (!known || one.slug === one.area) found.set(one.area, { slug: one.area, name: one.name, entries: one.entries, ask: one.slug });
    }
    return [...found.values()];
  }

  /** Ask the server about every area. An area it does not answer for stays as it was, and so does the moment. */
  async refresh(now) {
    const event = this.#event;
    let all = true;
    for (const { slug, ask } of this.areas) {
      const before = this.#areas.get(slug);
      const { kind, data } = await this.#api.passages(ask, before?.version ?? null);
      if (this.#event !== event) return;
      if (kind !== "answer" || data.area !== slug) {
        all = false;
        continue;
      }
      const known = data.complete || !before ? new Map() : before.known;
      for (const [id, entered, left] of data.passages) {
        if (entered === null) known.delete(id);
        else known.set(id, { entered, left });
      }
      this.#areas.set(slug, { known, version: data.version });
    }
    if (all) this.knownAt = now;
    await this.#write();
  }

  /** Who is inside, by area: [{area, people: [{id, entered, person, found}]}]; `own` are passages of this phone's own
   *  scans that the server has not heard of: [{area, id, effect, at}]. */
  list(now, own = []) {
    const byBadge = new Map();
    const areas = this.areas;
    for (const area of areas) {
      for (const [id, stay] of this.#known(area, own)) {
        if (area.entries === "daily" && !this.#isToday(stay.entered, now)) continue;
        if (!byBadge.has(id)) byBadge.set(id, []);
        byBadge.get(id).push({ area: area.slug, ...stay });
      }
    }
    const people = new Map(areas.map(({ slug }) => [slug, []]));
    for (const [id, stays] of byBadge) {
      const stay = whereabouts(stays);
      if (!stay) continue;
      people.get(stay.area).push({ id, entered: stay.entered, person: this.#guests.person(id), found: this.#found.has(id) });
    }
    return areas.map((area) => ({ area, people: people.get(area.slug).sort(byName) }));
  }

  #known({ slug }, own) {
    const known = new Map(this.#areas.get(slug)?.known);
    for (const { area, id, direction, at } of own) {
      if (area !== slug) continue;
      if (direction === "in") known.set(id, { entered: at, left: null });
      else if (known.has(id)) known.set(id, { ...known.get(id), left: at });
    }
    return known;
  }

  #isToday(at, now) {
    const { time_zone: timeZone, day_change: dayChange } = this.#guests.head.event;
    return dayOf({ timeZone, dayChange }, at) === dayOf({ timeZone, dayChange }, now);
  }

  /** Somebody stands before the supervisor, or does not after all. */
  async tick(id, found) {
    if (found) this.#found.add(id);
    else this.#found.delete(id);
    await this.#write();
  }

  /** Begin a new count. */
  async clear() {
    this.#found.clear();
    await this.#write();
  }

  async #write() {
    const kept = { event: this.#event, areas: this.#areas, found: this.#found, knownAt: this.knownAt };
    await this.#store.put("muster", kept).catch(() => {}); // goes on from memory
  }
}

function byName(one, other) {
  const text = ({ person, id }) => person?.latin_name || person?.name || id;
  return text(one).localeCompare(text(other));
}
