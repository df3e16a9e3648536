/**
 * What the phone keeps: its token and settings, the queue of scans, and the last answers. IndexedDB only, because
 * localStorage is readable by any script of the origin at once and is not durable. No rule is decided here.
 */

const NAME = "plenary-door";
const VERSION = 2;
const REMEMBERED = 100; // answered scans in the list of last scans
const REMEMBERED_FOR = 12 * 3600 * 1000; // names of guests leave the phone with the shift

const done = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export class Store {
  #db;

  static async open() {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        request.result.createObjectStore("settings");
        request.result.createObjectStore("queue", { keyPath: "id" });
        request.result.createObjectStore("answers", { keyPath: "id" }).createIndex("at", "at");
      }
      if (oldVersion < 2) request.result.createObjectStore("kept");
    };
    const store = new Store();
    store.#db = await answer(request);
    store.#db.onversionchange = () => store.#db.close(); // a newer app in another tab must not wait for this one
    return store;
  }

  /** Every setting at once: they are few, and the first screen needs them all. */
  async settings() {
    const objects = this.#db.transaction("settings").objectStore("settings");
    const [keys, values] = await Promise.all([answer(objects.getAllKeys()), answer(objects.getAll())]);
    return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
  }

  async keep(key, value) {
    await this.#write("settings", (objects) => objects.put(value, key));
  }

  async forget(key) {
    await this.#write("settings", (objects) => objects.delete(key));
  }

  /** A large value that the server could give again: the sealed list of guests, passages, the key they are sealed with. */
  async put(name, value) {
    await this.#write("kept", (objects) => objects.put(value, name));
  }

  async remove(name) {
    await this.#write("kept", (objects) => objects.delete(name));
  }

  async get(name) {
    return answer(this.#db.transaction("kept").objectStore("kept").get(name));
  }

  /** Add or change a queued scan; resolves only once it is on the disk, not merely handed to the system. */
  async enqueue(scan) {
    await this.#write("queue", (objects) => objects.put(scan));
  }

  /** Change a queued scan, unless it was answered meanwhile: a late change must not bring it back. */
  async amend(id, changes) {
    const transaction = this.#db.transaction("queue", "readwrite", { durability: "strict" });
    const objects = transaction.objectStore("queue");
    const found = objects.get(id);
    found.onsuccess = () => found.result && objects.put({ ...found.result, ...changes });
    await done(transaction);
  }

  async waiting() {
    return answer(this.#db.transaction("queue").objectStore("queue").getAll());
  }

  /** Write answers and take their scans off the queue, in one transaction: never the one without the other. */
  async settle(pairs) {
    const transaction = this.#db.transaction(["queue", "answers"], "readwrite", { durability: "strict" });
    for (const { scan, result } of pairs) {
      transaction.objectStore("answers").put(remembered(scan, result));
      transaction.objectStore("queue").delete(scan.id);
    }
    await done(transaction);
  }

  /** A supervisor has taken a scan back: the last scans say so. */
  async markUndone(id) {
    const transaction = this.#db.transaction("answers", "readwrite");
    const objects = transaction.objectStore("answers");
    const found = objects.get(id);
    found.onsuccess = () => found.result && objects.put({ ...found.result, undone: true });
    await done(transaction);
  }

  /** Answered scans, the newest first. */
  async answers() {
    const found = await answer(this.#db.transaction("answers").objectStore("answers").index("at").getAll());
    return found.reverse();
  }

  /** Forget answers that are old or too many. */
  async prune(now) {
    const stale = (await this.answers()).filter((entry, index) => index >= REMEMBERED || now - entry.at > REMEMBERED_FOR);
    if (!stale.length) return;
    await this.#write("answers", (objects) => stale.forEach((entry) => objects.delete(entry.id)));
  }

  /** The phone is signed out: names, the key they are sealed with and the token go, the queue stays. */
  async signOut() {
    const transaction = this.#db.transaction(["settings", "answers", "kept"], "readwrite", { durability: "strict" });
    for (const key of ["token", "session", "checkpoint", "direction", "shift", "ended_shifts"]) {
      transaction.objectStore("settings").delete(key);
    }
    transaction.objectStore("answers").clear();
    transaction.objectStore("kept").clear();
    await done(transaction);
  }

  async #write(name, change) {
    const transaction = this.#db.transaction(name, "readwrite", { durability: "strict" });
    change(transaction.objectStore(name));
    await done(transaction);
  }
}

function remembered(scan, result) {
  return {
    id: scan.id,
    at: Date.parse(scan.scanned_at),
    direction: scan.direction,
    checkpoint: scan.checkpoint,
    late: scan.offline,
    local: scan.local,
    result,
  };
}
