/**
 * The kiosk from the language to the badge. Nothing personal outlives a screen: each is built anew, the last one is the
 * first one again, and what was typed or drawn goes with it.
 */

import { Camera } from "../door/camera.js";
import { enrolmentCode } from "../door/classify.js";
import { Decoder } from "../door/decoder.js";
import { el } from "../door/dom.js";
import { repair } from "../door/layouts.js";
import { listenToScanner } from "../door/wedge.js";

const PATIENCE = 30_000; // ms without a touch, then the next guest's screen
const GOODBYE = 8_000; // ms that the last screen stands
const KEY = "plenary-kiosk";

const settings = JSON.parse(document.getElementById("kiosk-settings").textContent);
const screen = document.getElementById("kiosk");
const paper = document.getElementById("print");
const decoder = new Decoder(settings.decoder);
let leave = () => {};
let timer = 0;
let texts = settings.languages[0].texts;

function show(wait, ...content) {
  leave();
  leave = () => {};
  clearTimeout(timer);
  if (wait) timer = setTimeout(start, wait);
  screen.replaceChildren(...content);
  screen.querySelector("[autofocus]")?.focus();
}

function button(text, onclick, primary = false) {
  return el("button", { type: "button", class: primary ? "primary" : null, onclick }, text);
}

function start() {
  paper.replaceChildren();
  document.documentElement.lang = "en";
  document.documentElement.dir = "ltr";
  const choices = settings.languages.map((language) => {
    const choice = button(language.name, () => present(language));
    choice.lang = language.tag;
    return choice;
  });
  show(0, el("div", { class: "languages" }, choices));
}

function present(language) {
  texts = language.texts;
  document.documentElement.lang = language.tag;
  document.documentElement.dir = language.direction;
  const video = el("video", { playsinline: true, muted: true });
  const field = el("input", { name: "code", autocomplete: "off", autocapitalize: "characters", maxlength: "200", autofocus: true, dir: "ltr" });
  const onsubmit = (event) => {
    event.preventDefault();
    if (field.value.trim()) find(field.value);
  };
  show(
    PATIENCE,
    el("h1", {}, texts.show),
    el("p", {}, texts.where),
    video,
    el("form", { onsubmit }, el("label", {}, texts.code, field), el("button", { class: "primary" }, texts.go)),
    button(texts.again, start),
  );
  const silence = listenToScanner(find);
  const camera = new Camera(video);
  let over = false;
  leave = () => {
    over = true;
    silence();
    camera.stop();
  };
  watch(camera, () => over).catch(() => {
    video.hidden = true; // without a camera there is the field, and a scanner that types
  });
}

async function watch(camera, isOver) {
  await camera.start();
  await decoder.ready();
  const step = async () => {
    if (isOver()) return camera.stop();
    const picture = camera.grab();
    const [text] = picture ? await decoder.read(picture) : [];
    if (isOver()) return undefined;
    if (text) return find(text);
    return camera.nextFrame(step);
  };
  camera.nextFrame(step);
}

async function ask(address, body) {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${localStorage.getItem(KEY)}` };
  const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body), cache: "no-store", credentials: "omit" });
  if (response.status === 401 || response.status === 403) {
    localStorage.removeItem(KEY);
    setUp();
    return null;
  }
  if (!response.ok) throw new Error(String(response.status));
  return response;
}

async function find(presented) {
  show(PATIENCE, el("h1", {}, texts.wait));
  try {
    const response = await ask(settings.api.guest, { presented: repair(presented).trim() });
    if (response) confirm(await response.json());
  } catch {
    desk();
  }
}

function confirm({ name, latin_name: latin, category, ticket }) {
  const label = category.name[document.documentElement.lang.toLowerCase()] ?? category.name.en ?? Object.values(category.name)[0];
  const band = el("p", { class: "band" }, el("bdi", {}, label ?? ""));
  band.style.borderColor = category.colour;
  show(
    PATIENCE,
    el("p", {}, texts.you),
    el("h1", {}, el("bdi", {}, name)),
    latin && latin !== name ? el("p", {}, el("bdi", {}, latin)) : "",
    band,
    el("div", { class: "buttons" }, button(texts.yes, () => print(ticket), true), button(texts.no, start)),
  );
}

async function print(ticket) {
  show(PATIENCE, el("h1", {}, texts.wait));
  try {
    const response = await ask(settings.api.badge, { ticket });
    if (!response) return;
    const { pages } = await response.json();
    const addresses = pages.map((page) => URL.createObjectURL(new Blob([page], { type: "image/svg+xml" })));
    paper.replaceChildren(...addresses.map((src) => el("img", { src, alt: "" })));
    await Promise.all([...paper.children].map((badge) => badge.decode()));
    show(GOODBYE, el("h1", {}, texts.take));
    window.print();
    addresses.forEach((address) => URL.revokeObjectURL(address));
    paper.replaceChildren();
  } catch {
    paper.replaceChildren();
    desk();
  }
}

function desk() {
  show(GOODBYE, el("h1", {}, texts.desk), el("p", {}, texts.desk_more), button(texts.again, start));
}

/** For staff: the code of this kiosk, from the address or typed. */
function setUp(trouble = "") {
  const field = el("input", { name: "enrol", autocomplete: "off", autofocus: true, dir: "ltr" });
  const onsubmit = (event) => {
    event.preventDefault();
    enrol(enrolmentCode(field.value) || field.value);
  };
  show(0, el("h1", {}, "Kiosk"), el("p", {}, trouble), el("form", { onsubmit }, field, el("button", { class: "primary" }, texts.go)));
}

async function enrol(code) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(settings.api.enrol, { method: "POST", headers, body: JSON.stringify({ code }), credentials: "omit" });
  const answer = await response.json();
  if (!response.ok) return setUp(answer.title ?? String(response.status));
  localStorage.setItem(KEY, answer.token);
  return start();
}

document.addEventListener("pointerdown", () => {
  if (timer) {
    clearTimeout(timer);
    timer = screen.querySelector(".languages") ? 0 : setTimeout(start, PATIENCE);
  }
});
const code = enrolmentCode(location.href);
history.replaceState(null, "", location.pathname); // the code is used once and stays in no history
if (code) enrol(code);
else if (localStorage.getItem(KEY)) start();
else setUp();
