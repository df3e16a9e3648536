/**
 * The app itself: who this phone is, where it stands, which screen shows. Screens draw; rules and storage are elsewhere.
 */

import { enrolmentCode } from "./classify.js";
import { newId } from "./delivery.js";
import { Reporter } from "./report.js";
import { checkpointScreen } from "./screens/checkpoint.js";
import { enrolScreen } from "./screens/enrol.js";
import { scanScreen } from "./screens/scan.js";
import { signedOutScreen } from "./screens/signed_out.js";
import { count, countLate, newShift } from "./shift.js";
import { Texts } from "./texts.js";

const MOST_ENDED = 20; // shifts without a network whose numbers are kept
const PREFERENCES = { sound: true, vibration: true, auto: true, camera: "", language: "" };

export class App {
  #main = document.getElementById("app");
  #live = document.getElementById("announcements");
  #screen = null;
  #current = null;
  #homeOptions = {};
  #endedShifts = []; // handed over, last numbers not told yet
  session = null;
  checkpoint = null; // slug
  direction = "in";
  shift = newShift({ id: newId(), volunteer: "", since: Date.now() });
  preferences = { ...PREFERENCES };
  /** Refusals that came after the guest had gone on: shown until somebody has looked at them. */
  lateRefusals = 0;

  constructor({ settings, texts, store, api, decoder, delivery, knowledge, signals }) {
    Object.assign(this, { settings, texts, store, api, decoder, delivery, knowledge, signals });
    this.reporter = new Reporter({
      api, delivery, version: settings.version, onOutcome: (outcome) => this.#take(outcome),
    });
    delivery.addEventListener("signed_out", () => this.wasSignedOut());
    delivery.addEventListener("answered", ({ detail }) => this.#answeredLater(detail.pairs));
    delivery.addEventListener("changed", () => this.#screen?.refresh?.());
    knowledge.addEventListener("signed_out", () => this.wasSignedOut());
    knowledge.addEventListener("changed", () => this.#screen?.refresh?.());
    addEventListener("hashchange", () => this.#enrolFromAddress());
    addEventListener("popstate", () => this.session && this.#home());
  }

  async start() {
    const kept = await this.store.settings();
    Object.assign(this.preferences, kept.preferences);
    this.applyPreferences();
    if (this.preferences.language) await this.#loadTexts(this.preferences.language);
    this.#showLanguage();
    await this.store.prune(Date.now());
    if (kept.token) await this.#resume(kept);
    if (await this.#enrolFromAddress()) return;
    if (kept.token) this.#home();
    else this.show(kept.signed_out ? signedOutScreen : enrolScreen);
    if (kept.token) await this.#refreshSession();
  }

  // -- who this phone is ------------------------------------------------------------------------------------------------

  /** Exchange a one-time code for this phone's token. @returns a text key that says what is wrong, or null. */
  async enrol(code) {
    const outcome = await this.api.enrol(code.trim());
    if (outcome.kind === "no_network") return "enrol.no_network";
    if (outcome.kind === "busy") return "enrol.busy";
    if (outcome.kind !== "answer") {
      const known = `enrol.${outcome.data?.code}`;
      return this.texts.has(known) ? known : "enrol.code_unknown";
    }
    const { token, ...session } = outcome.data;
    await this.#welcome(token, session);
    return null;
  }

  async #welcome(token, session) {
    this.#endedShifts = [];
    await this.store.signOut(); // whoever used the phone before: names and checkpoint are not theirs to hand on
    await this.store.keep("token", token);
    await this.store.forget("signed_out");
    await this.#adopt(session);
    await this.setCheckpoint(session.checkpoint);
    this.direction = "in";
    await this.startShift();
    navigator.storage?.persist?.(); // ask not to be cleared when the phone runs short
    this.api.use(token);
    this.knowledge.serve(session.event.slug, session.checkpoint);
    await this.delivery.serve(session.event.slug);
    this.#startReporting();
    this.#home();
  }

  async #resume({ token, session, checkpoint, direction, shift, ended_shifts: ended }) {
    this.session = session;
    this.knowledge.supervisor = session.device.supervisor ?? false; // one kept by an older app does not say
    this.checkpoint = checkpoint ?? null;
    this.direction = direction ?? "in";
    this.#endedShifts = ended ?? [];
    Object.assign(this.shift, shift); // one kept by an older app knows less
    this.api.use(token);
    this.knowledge.serve(session.event.slug, this.checkpoint);
    await this.delivery.serve(session.event.slug);
    this.#startReporting();
  }

  async #adopt(session) {
    this.session = session;
    this.knowledge.supervisor = session.device.supervisor;
    await this.store.keep("session", session);
  }

  async #refreshSession() {
    await this.#take(await this.api.session());
  }

  /** What the server says this phone is. */
  async #take(outcome) {
    if (outcome.kind === "signed_out") return this.wasSignedOut();
    if (outcome.kind !== "answer" || !this.session) return;
    const { token: _never, ...session } = outcome.data;
    const stood = this.place !== null;
    const changed = JSON.stringify(session) !== JSON.stringify(this.session);
    if (changed) await this.#adopt(session);
    if (!this.place && (stood || changed)) this.#home();
    else this.#screen?.refresh?.();
  }

  async #enrolFromAddress() {
    const code = enrolmentCode(location.href);
    if (!code) return false;
    // At once: the code must not stay in the history, nor be sent again by a reload.
    history.replaceState(null, "", location.pathname);
    const enrolled = Boolean(this.session);
    if (!enrolled) this.show(enrolScreen, { busy: true });
    const problem = await this.enrol(code);
    if (!problem) return true;
    if (enrolled) return false; // the volunteer opened the old link again: the phone goes on as it is
    this.show(enrolScreen, { problem, code });
    return true;
  }

  /** The server no longer knows this phone. What is queued stays for the next enrolment. */
  async wasSignedOut() {
    if (!this.session) return;
    await this.#forgetSession();
    await this.store.keep("signed_out", true);
    this.show(signedOutScreen);
  }

  async signOut() {
    await this.#forgetSession();
    this.show(enrolScreen);
  }

  async #forgetSession() {
    this.session = null;
    this.lateRefusals = 0;
    this.#endedShifts = [];
    this.reporter.stop();
    this.api.use(null);
    await this.knowledge.serve(null, null);
    await this.delivery.serve(null);
    await this.store.signOut();
  }

  // -- where it stands ----------------------------------------------------------------------------------------------------

  /** The checkpoint this phone stands at, or null when it has to be chosen (again). */
  get place() {
    return this.session?.checkpoints.find(({ slug }) => slug === this.checkpoint) ?? null;
  }

  get zone() {
    return this.session.event.time_zone;
  }

  /** [from, until] in which this phone may work; null where there is no such limit. */
  get workingTime() {
    const { valid_from, valid_until } = this.session?.device ?? {};
    return [valid_from, valid_until].map((text) => (text ? new Date(text) : null));
  }

  placeLabel(slug) {
    const place = this.session?.checkpoints.find((checkpoint) => checkpoint.slug === slug);
    return place ? this.texts.label(place.name) : { text: slug, lang: null };
  }

  async setCheckpoint(slug) {
    this.checkpoint = slug;
    await this.store.keep("checkpoint", slug);
    this.knowledge.stand(slug);
    if (this.place?.entries !== "in_out") await this.setDirection("in");
  }

  async setDirection(direction) {
    this.direction = direction;
    await this.store.keep("direction", direction);
  }

  // -- scanning -------------------------------------------------------------------------------------------------------------

  /** Record a scan here and now; see Delivery.record for the answer. */
  async scan(credential, escort = null) {
    const { checkpoint, direction } = this;
    const fast = this.place?.mode === "fast";
    const recorded = await this.delivery.record({ credential, checkpoint, direction, escort, fast });
    if (recorded.result) await this.#count([recorded]);
    return recorded;
  }

  /** Begin a shift, of somebody or of nobody named. */
  async startShift(volunteer = "") {
    this.shift = newShift({ id: newId(), volunteer, since: this.api.now().getTime() });
    await this.store.keep("shift", this.shift);
  }

  /** The next volunteer takes the phone: the server hears of the last numbers, whenever it can, then of who has it now. */
  async handOver(volunteer) {
    await this.#keepEnded([...this.#endedShifts, { ...this.shift }].slice(-MOST_ENDED));
    await this.startShift(volunteer);
    this.reporter.send();
  }

  async #keepEnded(shifts) {
    this.#endedShifts = shifts;
    await this.store.keep("ended_shifts", shifts).catch(() => {}); // a full phone tells them before it is closed, or not
  }

  #startReporting() {
    this.reporter.start(() => this.shift, {
      list: () => this.#endedShifts,
      told: ({ id }) => this.#keepEnded(this.#endedShifts.filter((shift) => shift.id !== id)),
    });
  }

  /** Take a scan back with a supervisor's code. @returns a text key that says what is wrong, or null. */
  async undo(scan, code) {
    if (!code) return "undo.supervisor_code_wrong";
    const outcome = await this.api.undo(scan.id, code);
    if (outcome.kind === "signed_out") {
      await this.wasSignedOut();
      return null;
    }
    if (outcome.kind === "no_network") return "undo.no_network";
    if (outcome.kind === "busy") return "undo.wait";
    if (outcome.kind === "refused") {
      if (outcome.data?.code === "device_not_valid") return "undo.undo_too_late";
      const known = `undo.${outcome.data?.code}`;
      return this.texts.has(known) ? known : "undo.nothing_to_undo";
    }
    await this.store.markUndone(scan.id).catch(() => {});
    if (scan.direction === "in" && this.shift.admitted) this.shift.admitted -= 1;
    await this.#keepShift();
    this.knowledge.refresh();
    this.announce(this.texts.get("undo.done"));
    this.back();
    return null;
  }

  async #count(pairs) {
    for (const pair of pairs) count(this.shift, pair);
    await this.#keepShift();
  }

  async #keepShift() {
    await this.store.keep("shift", this.shift).catch(() => {}); // a full phone loses a number, not a scan
  }

  async #answeredLater(pairs) {
    for (const pair of pairs) countLate(this.shift, pair);
    await this.#keepShift();
    const onScreen = this.#screen?.answered?.(pairs) ?? null;
    const refused = pairs.filter(({ scan, result }) => result.verdict !== "admit" && !scan.refused && scan.id !== onScreen);
    this.lateRefusals += refused.length;
    if (refused.length) {
      this.signals.give("stop");
      this.announce(this.texts.count("count.refused_late", refused.length));
    }
    this.#screen?.refresh?.();
  }

  // -- screens ----------------------------------------------------------------------------------------------------------------

  /** Draw a screen; it stays until the next one. A screen is a function (app, options) → {element, leave?, refresh?}. */
  show(screen, options = {}) {
    this.#screen?.leave?.();
    this.#current = [screen, options];
    this.#screen = screen(this, options);
    this.#main.replaceChildren(this.#screen.element);
    this.#screen.shown?.();
    (this.#screen.element.querySelector("[data-focus]") ?? this.#main).focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  /** Open a screen on top of scanning; the phone's own back button leads back, too. */
  open(screen, options = {}) {
    history.pushState({ over: true }, "");
    this.show(screen, options);
  }

  /** Back to scanning; `options` go to the scan screen once the browser has stepped back. */
  back(options = {}) {
    if (!history.state?.over) return this.#home(options);
    this.#homeOptions = options;
    history.back();
  }

  #home(options = this.#homeOptions) {
    this.#homeOptions = {};
    this.show(this.place ? scanScreen : checkpointScreen, options);
  }

  /** Say something to those who do not see the screen. */
  announce(...sentences) {
    this.#live.replaceChildren(
      ...sentences.filter(Boolean).map((sentence) => {
        const line = document.createElement("p");
        line.textContent = sentence;
        return line;
      }),
    );
  }

  // -- preferences ----------------------------------------------------------------------------------------------------------

  async prefer(changes) {
    Object.assign(this.preferences, changes);
    this.applyPreferences();
    await this.store.keep("preferences", this.preferences);
  }

  applyPreferences() {
    this.signals.sound = this.preferences.sound;
    this.signals.vibration = this.preferences.vibration;
  }

  async setLanguage(code) {
    if (!(await this.#loadTexts(code))) return;
    await this.prefer({ language: code });
    this.#showLanguage();
    this.show(...this.#current);
  }

  async #loadTexts(code) {
    const address = this.settings.languages.find((language) => language.code === code)?.texts;
    if (!address) return false;
    try {
      this.texts = new Texts(await (await fetch(address)).json());
    } catch {
      return false; // no network and not kept: the language stays as it is
    }
    return true;
  }

  #showLanguage() {
    document.documentElement.lang = this.texts.language.tag;
    document.documentElement.dir = this.texts.language.direction;
    document.title = this.texts.get("scan.title");
  }
}
