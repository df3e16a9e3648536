/**
 * The phone's own verdict, from what it knows: the badge's signature, the list of guests, who came through. The server
 * has the last word on every scan; this is for the seconds or hours without it.
 */

import { unpack } from "./badge.js";
import { decide } from "./decide.js";

const CODE = /^CODE:([A-Z0-9]+)$/;

export class Judge {
  #guests;
  #passages;

  constructor(guests, passages) {
    this.#guests = guests;
    this.#passages = passages;
  }

  /**
   * @param {{credential, checkpoint, direction, escort}} scan
   * @param now the corrected time, a Date
   * @returns {{result, id, effect}} as the server would answer, or null where this phone knows too little to say
   */
  async verdict({ credential, checkpoint, direction, escort }, now) {
    if (!this.#guests.ready(now)) return null;
    const place = this.#place(checkpoint);
    const shown = await this.#read(credential);
    const company = escort ? await this.#read(escort) : null;
    const passage = this.#passages.of(shown.id);
    const { outcome, reason, effect } = decide({
      place,
      badge: shown.badge,
      passage,
      direction,
      when: { at: now.getTime(), trusted: true },
      escort: company && company.id !== shown.id ? company.badge : null,
      inside: this.#passages.inside,
    });
    // Signed after the list was made: of which category nobody here can say, so it is not for this phone to refuse.
    if (shown.unlisted && reason === "not_entitled") return null;
    const used = reason === "duplicate" || reason === "too_soon";
    const result = {
      verdict: outcome,
      reason,
      person: typeof shown.badge === "string" ? null : this.#guests.person(shown.id),
      first_scan: used ? { scanned_at: new Date(passage.entered).toISOString(), checkpoint: null, device: "" } : null,
      local: true,
      unchecked: shown.unchecked,
      unlisted: shown.unlisted,
    };
    return { result, id: shown.id, effect };
  }

  /** The credential id in a badge text or behind a short code; null for neither. */
  idOf(credential) {
    const code = CODE.exec(credential);
    return code ? this.#guests.idOf(code[1]) : (unpack(credential)?.id ?? null);
  }

  async #read(credential) {
    const code = CODE.exec(credential);
    if (code) {
      const id = this.#guests.idOf(code[1]);
      if (id === null) return { id: null, badge: "unknown" };
      const listed = this.#guests.badge(id);
      return { id, badge: { ...listed, issue: listed.currentIssue } };
    }
    const token = unpack(credential);
    if (!token) return { id: null, badge: "malformed" };
    if (token.event !== this.#guests.head.event.number) return { id: token.id, badge: "other_event" };
    const signature = await this.#guests.keys.check(token);
    if (signature === "forged") return { id: token.id, badge: "forged" };
    const listed = this.#guests.badge(token.id);
    const unchecked = signature === "unchecked";
    if (listed) return { id: token.id, badge: { ...listed, issue: token.issue }, unchecked };
    // Signed, but printed after the list was made. Without a signature to go by, an unlisted badge proves nothing.
    if (unchecked) return { id: token.id, badge: "unknown", unchecked };
    const facts = { issue: token.issue, currentIssue: token.issue, category: null, rights: token.rights, withdrawn: false };
    return { id: token.id, badge: facts, unlisted: true };
  }

  #place(slug) {
    const { checkpoints, event } = this.#guests.head;
    const found = checkpoints.find((checkpoint) => checkpoint.slug === slug);
    const time = (text) => (text === null ? null : Date.parse(text));
    return found && {
      active: true,
      entries: found.entries,
      categories: new Set(found.categories),
      rights: found.rights,
      escorted: new Set(found.escorted),
      opensAt: time(found.opens_at),
      closesAt: time(found.closes_at),
      capacity: found.capacity,
      pause: found.pause,
      timeZone: event.time_zone,
      dayChange: event.day_change,
    };
  }
}
