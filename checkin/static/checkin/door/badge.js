/**
 * The text of a badge, unpacked and checked without a server: checkin/tokens.py once more, for the reading side.
 * The phone holds public keys only, so nothing it loses can make a badge.
 */

const PREFIX = "E1:";
const LENGTH = 122;
const PAYLOAD = 15; // bytes: key id 1, event 3, credential id 8, issue 1, rights 2
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-.:";
const BASE = ALPHABET.length;
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));
const CONTEXT = new TextEncoder().encode("eventbadge1");

/** @returns {{keyId, event, id, issue, rights, payload, signature}} or null for what is no badge text */
export function unpack(text) {
  if (text.length !== LENGTH || !text.startsWith(PREFIX)) return null;
  const raw = base41(text.slice(PREFIX.length));
  if (!raw) return null;
  const payload = raw.slice(0, PAYLOAD);
  return {
    keyId: raw[0],
    event: (raw[1] << 16) | (raw[2] << 8) | raw[3],
    id: hex(raw.slice(4, 12)),
    issue: raw[12],
    rights: (raw[13] << 8) | raw[14],
    payload,
    signature: raw.slice(PAYLOAD),
  };
}

function base41(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map((character) => VALUES.get(character));
    const width = values.length - 1;
    if (width === 0 || values.includes(undefined)) return null;
    const number = values[0] + values[1] * BASE + (width === 2 ? values[2] * BASE * BASE : 0);
    if (number >= 256 ** width) return null;
    if (width === 2) bytes.push(number >> 8);
    bytes.push(number & 255);
  }
  return Uint8Array.from(bytes);
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** An event's public keys, ready to check signatures with. */
export class Keys {
  #keys = new Map();
  /** Whether this browser can check Ed25519 signatures; where it cannot, verdicts say so. */
  able = true;

  /** @param {{key_id: number, public: string}[]} published */
  static async from(published) {
    const keys = new Keys();
    for (const { key_id: keyId, public: text } of published) {
      const raw = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      const key = await crypto.subtle?.importKey("raw", raw, "Ed25519", false, ["verify"]).catch(() => null);
      keys.able &&= Boolean(key);
      keys.#keys.set(keyId, key ?? null);
    }
    return keys;
  }

  /** @returns "genuine", "forged", or "unchecked" where this browser cannot tell */
  async check({ keyId, payload, signature }) {
    if (!this.#keys.has(keyId)) return "forged";
    const key = this.#keys.get(keyId);
    if (!key) return "unchecked";
    const signed = new Uint8Array(CONTEXT.length + payload.length);
    signed.set(CONTEXT);
    signed.set(payload, CONTEXT.length);
    return (await crypto.subtle.verify("Ed25519", key, signature, signed)) ? "genuine" : "forged";
  }
}
