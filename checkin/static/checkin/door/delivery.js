/**
 * Brings scans to the server: at once when it answers, later when it does not. Storage first, network second.
 * Emits "answered" {pairs} for scans answered later, "signed_out", and "changed" when the queue or the contact changed.
 */

import { afterAttempt, backoff, decidedHere, newScan, nextBatch, settled, toWire } from "./queue.js";

const PATIENCE = 3000; // ms a guest waits for the server's word where the phone has none of its own
const PATIENCE_INFORMED = 1000; // ms, where it has
const PATIENCE_OFFLINE = 400; // ms, when the last attempt already failed
const LOCK = "plenary-door-delivery";

export class Delivery extends EventTarget {
  #store;
  #api;
  #knowledge;
  #event = null;
  #timer = 0;
  #failures = 0;
  #inHand = new Set();
  #running = false;
  /** Scans on the phone that the server has not answered, of whatever event. */
  waiting = [];
  online = true;

  constructor(store, api, knowledge) {
    super();
    this.#store = store;
    this.#api = api;
    this.#knowledge = knowledge;
    addEventListener("online", () => this.kick());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.kick());
  }

  /** Send for this event from now on; null stops (signed out). */
  async serve(event) {
    this.#event = event;
    this.#failures = 0;
    await this.#refresh();
    this.kick();
  }

  /**
   * Record one scan and get a verdict: the server's, or after a moment the phone's own. `fast`: the phone's green is
   * shown at once, and the server's word follows as an alarm where it differs.
   * @returns {{scan, result}} result null: kept, will be sent · undefined: neither kept nor sent
   */
  async record({ credential, checkpoint, direction, escort = null, fast = false }) {
    const now = this.#api.now();
    const scan = newScan({
      id: newId(), credential, checkpoint, direction, escort, event: this.#event, scannedAt: now.toISOString(),
    });
    this.#inHand.add(scan.id);
    try {
      const kept = await this.#keep(scan);
      if (kept) this.#list([...this.waiting, scan]);
      const own = await this.#knowledge.verdict(scan, now);
      if (fast && kept && own?.result.verdict === "admit") return await this.#decideHere(scan, own, now);
      const outcome = await this.#ask(scan, own);
      const [pair] = outcome.kind === "answer" ? settled([scan], outcome.data) : [];
      if (pair) return await this.#settleNow(pair, kept);
      if (outcome.kind === "signed_out") this.#emit("signed_out");
      else if (outcome.kind !== "elsewhere") this.#reached(false);
      if (!kept) return { scan, result: undefined };
      if (own && outcome.kind !== "signed_out") return await this.#decideHere(scan, own, now);
      await this.#store.amend(scan.id, { offline: true }).catch(() => {});
      return { scan, result: null };
    } finally {
      this.#inHand.delete(scan.id);
      this.#later();
    }
  }

  /** Write a scan to the disk; on a full one, in the place of what matters less. */
  async #keep(scan) {
    const write = () => this.#store.enqueue(scan).then(() => true, () => false);
    return (await write()) || ((await this.#knowledge.makeRoom()) && (await write()));
  }

  // While a scan was being stored the phone may have been enrolled elsewhere: then it waits, and is not sent as one there.
  #ask(scan, own) {
    if (scan.event !== this.#event) return { kind: "elsewhere" };
    const patience = own ? PATIENCE_INFORMED : PATIENCE;
    return this.#api.scans([toWire(scan)], this.online ? patience : PATIENCE_OFFLINE);
  }

  async #settleNow(pair, kept) {
    if (kept) await this.#store.settle([pair]).catch(() => {}); // sent again later, answered the same
    this.#knowledge.settled([pair]);
    this.#list(this.waiting.filter(({ id }) => id !== pair.scan.id));
    this.#reached(true);
    if (this.waiting.length) this.kick();
    return pair;
  }

  /** The phone's own word stands until the server's comes; it is on the disk before anybody sees it. */
  async #decideHere(scan, own, now) {
    const changes = decidedHere(own.result);
    await this.#store.amend(scan.id, changes).catch(() => {});
    Object.assign(scan, changes);
    this.#knowledge.decided(own, now);
    return { scan, result: own.result };
  }

  /** Try to send what waits now. */
  kick() {
    clearTimeout(this.#timer);
    if (this.#event === null || this.#running) return;
    this.#running = true;
    // One sender for all tabs of this phone: two would only ask the same questions twice.
    const locked = navigator.locks ? (work) => navigator.locks.request(LOCK, work) : (work) => work();
    locked(() => this.#drain()).finally(() => {
      this.#running = false;
    });
  }

  /** Give scans the server would not take another chance, after a person has looked at them. */
  async release() {
    for (const scan of this.waiting.filter((scan) => scan.held)) await this.#store.amend(scan.id, { held: false });
    await this.#refresh();
    this.kick();
  }

  async #drain() {
    await this.#refresh();
    let size;
    while (this.#event !== null) {
      const batch = nextBatch(this.waiting.filter((scan) => !this.#inHand.has(scan.id)), this.#event, size);
      if (!batch.length) return;
      const outcome = await this.#api.scans(batch.map((scan) => toWire({ ...scan, offline: true })));
      const step = afterAttempt(outcome, batch.length);
      if (step === "signed_out") return this.#emit("signed_out");
      if (step === "retry") return this.#giveUpForNow(outcome);
      this.#reached(true);
      if (step === "split") size = Math.ceil(batch.length / 2);
      if (step === "hold") await this.#store.amend(batch[0].id, { held: true });
      if (step === "settle") {
        const pairs = settled(batch, outcome.data);
        if (!pairs.length) return this.#giveUpForNow(outcome); // an answer that settles nothing: do not spin
        await this.#store.settle(pairs);
        this.#knowledge.settled(pairs);
        this.#emit("answered", { pairs });
      }
      await this.#refresh();
    }
  }

  #giveUpForNow(outcome) {
    this.#reached(false);
    this.#later(outcome.wait);
  }

  #later(atLeast = 0) {
    clearTimeout(this.#timer);
    if (this.waiting.some((scan) => scan.event === this.#event && !scan.held)) {
      const wait = this.#failures ? backoff(this.#failures) : 0;
      this.#timer = setTimeout(() => this.kick(), Math.max(atLeast, wait));
    }
  }

  #reached(online) {
    this.#failures = online ? 0 : this.#failures + 1;
    if (online === this.online) return;
    this.online = online;
    this.#emit("changed");
  }

  async #refresh() {
    this.#list(await this.#store.waiting());
  }

  #list(waiting) {
    this.waiting = waiting;
    this.#emit("changed");
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// randomUUID exists only in secure contexts; by hand search works without one, so the id must, too.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
