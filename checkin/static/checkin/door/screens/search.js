/**
 * Finding a guest without a badge: by name in any script or by code, then a look at the person, then the scan.
 */

import { el, foreignText } from "../dom.js";
import { categoryChip, personCard } from "../person.js";
import { note, topBar } from "./parts.js";

const SHORTEST = 2;

export function searchScreen(app, { words = "" } = {}) {
  const { texts } = app;
  const outcome = el("div", { class: "outcome", "aria-live": "polite" });
  const error = el("div", { class: "field__error", id: "words-error", role: "alert" });
  const input = el("input", {
    id: "words", class: "input", type: "search", name: "q", autocomplete: "off", spellcheck: "false", dir: "auto",
    enterkeyhint: "search", maxlength: "100", value: words, "aria-describedby": "words-help words-error",
  });
  const form = el(
    "form",
    { role: "search", class: "search", novalidate: true, onsubmit: (event) => (event.preventDefault(), search()) },
    el(
      "div",
      { class: "field" },
      el("label", { for: "words" }, texts.get("search.field")),
      el("p", { class: "field__help", id: "words-help" }, texts.get("search.help")),
      error,
      el("div", { class: "search__row" }, input, el("button", { class: "button button--primary" }, texts.get("search.submit"))),
    ),
  );
  const element = el("div", { class: "screen" }, topBar(app, texts.get("search.title")), form, outcome);
  let asking = null;

  async function search() {
    const wanted = input.value.trim();
    const short = [...wanted].length < SHORTEST;
    error.textContent = short ? texts.get("search.short") : "";
    input.toggleAttribute("aria-invalid", false);
    if (short) return input.setAttribute("aria-invalid", "true");
    asking?.abort();
    const mine = (asking = new AbortController());
    outcome.replaceChildren(note(texts.get("search.working")));
    const answer = await app.api.search(wanted, mine.signal);
    if (mine.signal.aborted) return;
    if (answer.kind === "signed_out") return app.wasSignedOut();
    const own = answer.kind === "answer" ? null : app.knowledge.search(wanted);
    outcome.replaceChildren(...(own ? [note(texts.get("search.own_list")), ...found({ kind: "answer", data: own })] : found(answer)));
  }

  function found({ kind, data }) {
    if (kind === "no_network") return [note(texts.get("search.no_network"), { kind: "warning" })];
    if (kind !== "answer") return [note(texts.get("enrol.busy"), { kind: "warning" })];
    if (!data.items.length) return [note(texts.get("search.none"))];
    return [
      el("p", { class: "outcome__count" }, texts.count("count.found", data.items.length)),
      el("ul", { class: "choices" }, data.items.map(row)),
      data.next ? note(texts.get("search.more")) : "",
    ];
  }

  function row(guest) {
    if (!guest.credential) {
      return el("li", { class: "choice choice--off" }, ...lines(guest), el("p", { class: "choice__note" }, texts.get("search.no_badge")));
    }
    return el("li", {}, el("button", { type: "button", class: "choice choice--guest", onclick: () => confirm(guest) }, ...lines(guest)));
  }

  // Inside a button, so spans throughout.
  function lines({ name, latin_name, organisation, code, category }) {
    return [
      foreignText("span", name, { class: "choice__name" }),
      latin_name && latin_name !== name ? foreignText("span", latin_name, { class: "choice__latin" }) : "",
      organisation ? foreignText("span", organisation, { class: "choice__organisation" }) : "",
      el("span", { class: "choice__foot" }, categoryChip(app, category, "span"), el("code", { dir: "ltr" }, code)),
    ];
  }

  function confirm(guest) {
    const yes = () => app.back({ credential: guest.credential });
    const question = el(
      "section",
      { class: "stack confirm", "aria-labelledby": "confirm-title" },
      el("h2", { id: "confirm-title", tabindex: "-1" }, texts.get("confirm.title")),
      personCard(app, guest, { credential: guest.credential }),
      el("p", { class: "lead" }, texts.get("confirm.lead")),
      el("button", { type: "button", class: "button button--primary", onclick: yes }, texts.get("confirm.yes")),
      el("button", { type: "button", class: "button", onclick: () => reopen() }, texts.get("confirm.no")),
    );
    form.hidden = outcome.hidden = true;
    element.append(question);
    question.firstChild.focus();

    function reopen() {
      question.remove();
      form.hidden = outcome.hidden = false;
      input.focus();
    }
  }

  return { element, shown: () => setTimeout(() => input.focus()), leave: () => asking?.abort() };
}
