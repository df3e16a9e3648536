/**
 * What a volunteer may set on the own phone, and the way out of it.
 */

import { Camera } from "../camera.js";
import { el, foreignText } from "../dom.js";
import { checkpointScreen } from "./checkpoint.js";
import { musterScreen } from "./muster.js";
import { shiftScreen } from "./shift.js";
import { languageChoice, note, topBar } from "./parts.js";

export function settingsScreen(app) {
  const { texts } = app;
  const cameras = el("div", {});
  const shift = el("p", { class: "row__value" });
  const known = el("p", { class: "row__value" });
  const place = app.placeLabel(app.checkpoint);
  const element = el(
    "div",
    { class: "screen" },
    topBar(app, texts.get("settings.title")),
    el(
      "div",
      { class: "stack" },
      row(texts.get("settings.checkpoint"), el("p", { class: "row__value", lang: place.lang, dir: "auto" }, place.text),
        texts.get("settings.change"), () => app.show(checkpointScreen)),
      row(texts.get("settings.shift"), shift, texts.get("shift.hand_over"), () => app.show(shiftScreen)),
      el("div", { class: "row" }, el("div", {}, el("h2", { class: "row__label" }, texts.get("settings.offline")), known)),
      app.knowledge.supervisor
        ? el("button", { type: "button", class: "button", onclick: () => app.show(musterScreen) }, texts.get("muster.title"))
        : null,
      languageChoice(app),
      cameras,
      toggle(app, "sound"),
      toggle(app, "vibration"),
      toggle(app, "auto"),
      row(texts.get("settings.device"), foreignText("p", app.session.device.name, { class: "row__value" }),
        texts.get("settings.sign_out"), () => app.show(signOutScreen)),
    ),
  );

  function showShift() {
    shift.textContent = texts.count("count.admitted", app.shift.admitted);
  }

  /** What the phone could do by itself if the network went away now. */
  function showKnown() {
    const { guests, askedAt } = app.knowledge;
    const lines = guests.ready(app.api.now()) ? [texts.count("count.guests", guests.size)] : [texts.get("offline.none")];
    if (askedAt) lines.push(texts.ago(new Date(askedAt), app.api.now()));
    if (!guests.kept) lines.push(texts.get("offline.no_room"));
    if (guests.keys && !guests.keys.able) lines.push(texts.get("local.unchecked"));
    known.replaceChildren(...lines.flatMap((line) => [line, el("br")]));
  }

  showShift();
  showKnown();
  return { element, refresh: showKnown, shown: () => offerCameras(app, cameras) };
}

function row(label, value, action, onclick) {
  return el(
    "div",
    { class: "row" },
    el("div", {}, el("h2", { class: "row__label" }, label), value),
    el("button", { type: "button", class: "button", onclick }, action),
  );
}

function toggle(app, name) {
  const change = async (event) => {
    await app.prefer({ [name]: event.target.checked });
    if (name !== "auto" && event.target.checked) app.signals.give("admit");
  };
  const input = el("input", { type: "checkbox", id: name, role: "switch", checked: app.preferences[name], onchange: change });
  return el("div", { class: "toggle" }, el("label", { for: name }, app.texts.get(`settings.${name}`)), input);
}

async function offerCameras(app, container) {
  if (!navigator.mediaDevices?.enumerateDevices) return;
  const { texts } = app;
  const devices = await new Camera(document.createElement("video")).list();
  if (devices.length < 2) return;
  const option = (value, label) => el("option", { value, selected: value === app.preferences.camera }, label);
  const select = el(
    "select",
    { id: "camera", class: "input", onchange: (event) => app.prefer({ camera: event.target.value }) },
    option("", texts.get("settings.camera_auto")),
    devices.map(({ deviceId, label }, index) => option(deviceId, label || texts.get("settings.camera_number", { number: index + 1 }))),
  );
  container.replaceChildren(el("div", { class: "field" }, el("label", { for: "camera" }, texts.get("settings.camera")), select));
}

function signOutScreen(app) {
  const { texts, delivery } = app;
  const element = el(
    "div",
    { class: "screen" },
    topBar(app, texts.get("settings.sign_out_ask")),
    el(
      "div",
      { class: "stack" },
      el("p", { class: "lead" }, texts.get("settings.sign_out_lead")),
      delivery.waiting.length ? note(texts.count("count.kept", delivery.waiting.length), { kind: "warning" }) : null,
      el("button", { type: "button", class: "button button--danger", onclick: () => app.signOut() }, texts.get("settings.sign_out")),
      el("button", { type: "button", class: "button", onclick: () => app.back() }, texts.get("action.cancel")),
    ),
  );
  return { element };
}
