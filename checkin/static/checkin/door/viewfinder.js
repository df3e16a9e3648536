/**
 * The camera's picture with a frame to aim at, and a loop that looks for codes in it. What a code means is for others.
 */

import { Camera, CameraTrouble } from "./camera.js";
import { meant } from "./classify.js";
import { el, icon } from "./dom.js";

const REST_AFTER = 300_000; // ms without any code in view: the camera is what empties the battery
const ONE_STAYS = 1200; // ms
const GAP = 60; // ms between two looks: enough for a steady hand, and the battery lasts a shift

export class Viewfinder {
  #app;
  #onText;
  #onReady;
  #onRest;
  #camera;
  #video;
  #hint;
  #help;
  #round = 0; // raised at every start and stop, so that a loop of before ends by itself
  #lastLook = 0;
  #sayTimer = 0;
  #seenAt = 0;
  #resting = false;
  paused = false;

  constructor(app, { hint, onText, onReady = () => {}, onRest = () => {} }) {
    this.#app = app;
    this.#onText = onText;
    this.#onReady = onReady;
    this.#onRest = onRest;
    this.#video = el("video", { playsinline: true, muted: true, "aria-hidden": "true", tabindex: "-1" });
    this.#video.muted = true; // the attribute alone does not count for elements made by a script
    this.#camera = new Camera(this.#video);
    this.#hint = el("p", { class: "viewfinder__hint" }, app.texts.get("scan.starting"));
    this.#help = el("div", { class: "viewfinder__help", hidden: true });
    this.hintText = app.texts.get(hint);
    this.element = el(
      "div",
      { class: "viewfinder" },
      this.#video,
      el("div", { class: "viewfinder__frame", "aria-hidden": "true" }),
      this.#hint,
      this.#help,
    );
    this.#onVisibility = () => (document.visibilityState === "visible" ? this.start() : this.#halt());
  }

  #onVisibility;

  get light() {
    return this.#camera.hasLight;
  }

  setLight(on) {
    return this.#camera.light(on);
  }

  async start() {
    document.addEventListener("visibilitychange", this.#onVisibility);
    const round = ++this.#round;
    this.#resting = false;
    this.#help.hidden = true;
    this.element.classList.remove("viewfinder--seeing");
    try {
      await Promise.all([this.#camera.start(this.#app.preferences.camera), this.#reader()]);
    } catch (error) {
      if (round === this.#round) this.#explain(error.kind);
      return;
    }
    if (round !== this.#round) return;
    this.element.classList.add("viewfinder--seeing");
    this.say(null);
    this.#seenAt = performance.now();
    this.#onReady();
    this.#watch(round);
  }

  /** Go on after a rest; nothing where the camera runs. */
  wake() {
    if (this.#resting) this.start();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    clearTimeout(this.#sayTimer);
    this.#halt();
  }

  /** What the volunteer is asked to hold into the frame, from now on. */
  aim(hint) {
    this.hintText = this.#app.texts.get(hint);
    this.say(null);
  }

  /** A word to the volunteer under the frame, for so many ms if not for good; null for the usual one. */
  say(text, stays = 0) {
    clearTimeout(this.#sayTimer);
    const line = text ?? this.hintText;
    if (this.#hint.textContent !== line) this.#hint.textContent = line;
    if (stays) this.#sayTimer = setTimeout(() => this.say(null), stays);
  }

  #halt() {
    this.#round++;
    this.#camera.stop();
    this.element.classList.remove("viewfinder--seeing");
  }

  #reader() {
    return this.#app.decoder.ready().catch(() => {
      throw new CameraTrouble("no_reader");
    });
  }

  #watch(round) {
    this.#camera.nextFrame(async (now, frame) => {
      if (round !== this.#round) return;
      if (performance.now() - this.#seenAt > REST_AFTER) return this.#rest();
      if (!this.paused && now - this.#lastLook >= GAP) {
        this.#lastLook = now;
        await this.#look(round, frame?.captureTime ?? now);
      }
      this.#watch(round);
    });
  }

  async #look(round, takenAt) {
    const picture = this.#camera.grab();
    const found = picture ? meant(await this.#app.decoder.read(picture)) : null;
    if (found) this.#seenAt = performance.now();
    if (!found || this.paused || round !== this.#round) return;
    if (found.several) this.say(this.#app.texts.get("scan.one_at_a_time"), ONE_STAYS);
    else this.#onText(found.text, takenAt);
  }

  /** Nobody has come for a while: the camera goes off until somebody taps. */
  #rest() {
    this.#halt();
    this.#resting = true;
    this.#explain("resting", "scan.title");
    this.#onRest();
  }

  #explain(kind, again = "action.again") {
    this.#camera.stop();
    const { texts } = this.#app;
    this.say(" ");
    this.#help.replaceChildren(
      icon("camera", "icon icon--large"),
      el("h2", {}, texts.get(`camera.${kind}`)),
      el("p", {}, texts.get(`camera.${kind}_help`)),
      ...(this.#app.session && !this.#resting ? [el("p", {}, texts.get("camera.by_hand"))] : []),
      el("button", { type: "button", class: "button", onclick: () => this.start() }, texts.get(again)),
    );
    this.#help.hidden = false;
    this.#app.announce(texts.get(`camera.${kind}`), texts.get(`camera.${kind}_help`));
  }
}
