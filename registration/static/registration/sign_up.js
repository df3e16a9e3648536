// Makes a sign-up form kinder where scripts run: questions that do not apply are hidden, what is typed is saved as it is
// typed, and the summary of errors is read first. The server decides all of it again; without this file all still works.

import { shownKeys } from "./conditions.js";

const form = document.querySelector("[data-sign-up]");

const PREFIX = "q-"; // names of fields are keys of questions behind it
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0xff10]; // where the digits of a script begin

/** A number as it is typed in any script; undefined for what is none. */
function numberOf(text) {
  const digits = [...text.replace(/[\s\u00a0\u202f\u066c]/g, "")].map((character) => {
    const zero = ZEROS.find((start) => character.codePointAt(0) >= start && character.codePointAt(0) <= start + 9);
    return zero === undefined ? character : String(character.codePointAt(0) - zero);
  }).join("").replace("\u066b", ".");
  const commaIsPoint = !/^(en|zh)/.test(document.documentElement.lang);
  const plain = commaIsPoint && !digits.includes(".") ? digits.replace(",", ".") : digits.replaceAll(",", "");
  return plain === "" || Number.isNaN(Number(plain)) ? undefined : Number(plain);
}

/** What is answered now, by key, as it would be stored. */
function typedAnswers() {
  const found = {};
  for (const control of form.elements) {
    if (!control.name.startsWith(PREFIX)) continue;
    const key = control.name.slice(PREFIX.length);
    if (control.type === "checkbox" && !control.hasAttribute("value")) {
      found[key] = control.checked; // a box that stands alone: yes or no
    } else if (control.type === "checkbox") {
      found[key] ??= [];
      if (control.checked) found[key].push(control.value);
    } else if (control.type === "radio") {
      if (control.checked) found[key] = control.value;
    } else if (control.type === "file") {
      if (control.files.length || control.hasAttribute("data-stored")) found[key] = true;
    } else if (control.hasAttribute("data-number")) {
      found[key] = numberOf(control.value);
    } else if (control.value) {
      found[key] = control.value;
    }
  }
  return found;
}

/** The block of a question that may hide, by key, in document order. */
const dependent = [...(form?.querySelectorAll("[data-condition]") ?? [])].map((block) => ({
  block,
  key: block.querySelector(`[name^="${PREFIX}"]`)?.name.slice(PREFIX.length).replace(/-remove$/, "") ?? "",
  condition: JSON.parse(block.dataset.condition),
}));

function showWhatApplies() {
  const conditions = new Map();
  for (const control of form.elements) {
    if (control.name.startsWith(PREFIX)) conditions.set(control.name.slice(PREFIX.length), {});
  }
  for (const { key, condition } of dependent) conditions.set(key, condition);
  const shown = shownKeys([...conditions], typedAnswers());
  for (const { block, key } of dependent) block.hidden = !shown.has(key);
}

// -- saved as you go -------------------------------------------------------------------------------------------------
const PAUSE = 1500; // milliseconds without a key before what was typed is sent
let waiting = null;
let sending = null;

/** Send everything but files; `keepalive` lets it arrive although the page is being left. */
function save() {
  waiting = null;
  const typed = new FormData(form);
  for (const control of form.querySelectorAll('input[type="file"]')) typed.delete(control.name);
  typed.set("go", "save");
  sending = new AbortController();
  // A failure is no news: the next pause tries again, and the button sends all.
  fetch(form.action, { method: "POST", body: typed, keepalive: true, signal: sending.signal }).catch(() => {});
}

function saveSoon() {
  if (waiting) clearTimeout(waiting);
  waiting = setTimeout(save, PAUSE);
}

if (form) {
  for (const hint of form.querySelectorAll(".field__condition")) hint.remove();
  showWhatApplies();
  form.addEventListener("change", showWhatApplies);
  form.addEventListener("input", showWhatApplies);
  if (form.querySelector("[data-saved]")) {
    form.addEventListener("input", saveSoon);
    // On a slow line somebody types before this file has come.
    if ([...form.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue)) saveSoon();
    // pagehide and not beforeunload: phones only know the former.
    window.addEventListener("pagehide", () => { if (waiting) { clearTimeout(waiting); save(); } });
    form.addEventListener("submit", () => {
      if (waiting) clearTimeout(waiting);
      waiting = null;
      sending?.abort(); // on a slow line an older save could arrive after the form and undo its last words
    });
  }
}
document.querySelector("[data-error-summary]")?.focus();
