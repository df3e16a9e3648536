/**
 * Guests' names at rest: gzip, then AES-GCM under a key of this phone that no script can read out. Whoever copies the
 * browser's files has to break the phone as well, and signing out throws the key away.
 */

const ALGORITHM = "AES-GCM";

export class Vault {
  #store;

  constructor(store) {
    this.#store = store;
  }

  /** Keep a value under a name, in the place of what was there. Throws where the phone has no room or no cryptography. */
  async put(name, value) {
    const plain = await new Response(
      new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("gzip")),
    ).arrayBuffer();
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(this.#parameters(name, iv), await this.#key(), plain);
    await this.#store.put(name, { iv, sealed });
  }

  /** The value under a name; null where there is none, or where it was not sealed by this phone. */
  async get(name) {
    const kept = await this.#store.get(name);
    if (!kept) return null;
    try {
      const plain = await crypto.subtle.decrypt(this.#parameters(name, kept.iv), await this.#key(), kept.sealed);
      return await new Response(new Blob([plain]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
    } catch {
      return null;
    }
  }

  async remove(name) {
    await this.#store.remove(name);
  }

  // The name is sealed with it, so that one value cannot be put in another's place.
  #parameters(name, iv) {
    return { name: ALGORITHM, iv, additionalData: new TextEncoder().encode(name) };
  }

  async #key() {
    const kept = await this.#store.get("key");
    if (kept) return kept;
    const made = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ["encrypt", "decrypt"]);
    await this.#store.put("key", made);
    return made;
  }
}
