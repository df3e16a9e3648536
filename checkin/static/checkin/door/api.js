/**
 * The check-in API as the phone sees it. Every call ends in one of five outcomes; nothing is thrown at the caller:
 * {kind: "answer", data}, {kind: "refused", status, data}, "signed_out", {kind: "busy", wait}, "no_network".
 */

const PATIENCE = 8000; // ms, for calls nobody waits for at the door
const PATIENCE_LARGE = 120_000; // ms, for a few megabytes over a crowded network

export class Api {
  #addresses;
  #token = null;
  /** Server time minus this phone's, in ms; phones at a door are off by minutes, some by a day. */
  clockOffset = 0;

  constructor(addresses) {
    this.#addresses = addresses;
  }

  use(token) {
    this.#token = token;
  }

  /** Now, by the server's clock. */
  now() {
    return new Date(Date.now() + this.clockOffset);
  }

  enrol(code) {
    return this.#call("POST", this.#addresses.enrol, { body: { code }, signed: false });
  }

  session() {
    return this.#call("GET", this.#addresses.session);
  }

  search(words, signal) {
    return this.#call("GET", `${this.#addresses.search}?q=${encodeURIComponent(words)}`, { signal });
  }

  /** The list of guests, or what has changed in it since a version. */
  snapshot(since) {
    return this.#call("GET", `${this.#addresses.snapshot}${since ? `?since=${since}` : ""}`, { timeout: PATIENCE_LARGE });
  }

  /** Who came through the area of a checkpoint, or who has since a version. */
  passages(checkpoint, since) {
    const asked = new URLSearchParams({ checkpoint, ...(since && { since }) });
    return this.#call("GET", `${this.#addresses.passages}?${asked}`, { timeout: PATIENCE_LARGE });
  }

  /** Whose portraits to carry at a checkpoint. */
  portraits(checkpoint) {
    return this.#call("GET", `${this.#addresses.portraits}?${new URLSearchParams({ checkpoint })}`, { timeout: PATIENCE_LARGE });
  }

  /** Some of them, by credential id. */
  faces(checkpoint, ids) {
    const asked = new URLSearchParams({ checkpoint, wanted: ids.join(",") });
    return this.#call("GET", `${this.#addresses.faces}?${asked}`, { timeout: PATIENCE_LARGE });
  }

  scans(scans, timeout = PATIENCE) {
    return this.#call("POST", this.#addresses.scans, { body: { scans }, timeout });
  }

  /** Say how this phone is. The answer is the session, so changes of it arrive by the way. */
  report(state) {
    return this.#call("POST", this.#addresses.report, { body: state });
  }

  /** Take a scan back with a supervisor's code. */
  undo(id, code) {
    return this.#call("POST", this.#addresses.undo.replace("SCAN", id), { body: { code } });
  }

  async #call(method, address, { body, timeout = PATIENCE, signed = true, signal } = {}) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeout);
    signal?.addEventListener("abort", () => abort.abort(), { once: true });
    const headers = { Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    if (signed) headers.Authorization = `Bearer ${this.#token}`;
    const sentAt = Date.now();
    try {
      // A captive portal answers with a redirect or a page of its own; neither may pass for our server.
      const response = await fetch(address, {
        method, headers, body: body && JSON.stringify(body), signal: abort.signal,
        cache: "no-store", credentials: "omit", redirect: "error",
      });
      return await this.#outcome(response, sentAt);
    } catch {
      return { kind: "no_network" };
    } finally {
      clearTimeout(timer);
    }
  }

  async #outcome(response, sentAt) {
    const data = await response.json().catch(() => null);
    if (response.status === 401 || data?.code === "token_revoked") return { kind: "signed_out" };
    if (response.status >= 500 || response.status === 429 || response.status === 408) {
      return { kind: "busy", wait: 1000 * (Number(response.headers.get("Retry-After")) || 0) };
    }
    if (data === null) return { kind: "no_network" };
    this.#correctClock(response, sentAt);
    return response.ok ? { kind: "answer", data } : { kind: "refused", status: response.status, data };
  }

  // The Date header counts whole seconds, so small differences mean nothing and are left alone.
  #correctClock(response, sentAt) {
    const server = Date.parse(response.headers.get("Date") ?? "");
    if (Number.isNaN(server)) return;
    const offset = server + 500 - (sentAt + Date.now()) / 2;
    this.clockOffset = Math.abs(offset) > 2000 ? Math.round(offset) : 0;
  }
}
