/**
 * Counting heads after an evacuation: who is inside each area, from what this phone knows, and a tick for each one found.
 */

import { el, foreignText } from "../dom.js";
import { note, topBar } from "./parts.js";

export function musterScreen(app) {
  const { texts, knowledge } = app;
  const { muster } = knowledge;
  const summary = el("div", { class: "stack", "aria-live": "polite" });
  const lists = el("div", { class: "stack" });
  const again = el("button", { type: "button", class: "button", onclick: anew }, texts.get("muster.anew"));
  const element = el("div", { class: "screen" }, topBar(app, texts.get("muster.title")), el("div", { class: "stack" }, summary, lists, again));
  let groups = [];

  async function draw() {
    groups = muster.list(app.api.now().getTime(), await knowledge.undelivered());
    lists.replaceChildren(...groups.map(section));
    sum();
  }

  function sum() {
    const people = groups.flatMap((group) => group.people);
    const missing = people.filter(({ found }) => !found).length;
    const known = muster.knownAt ? texts.get("muster.known", { time: texts.moment(new Date(muster.knownAt), app.zone) }) : texts.get("muster.never");
    summary.replaceChildren(
      el("p", { class: "lead" }, texts.count("count.inside", people.length)),
      el("p", { class: "lead" }, texts.count("count.missing", missing)),
      note(known, { kind: muster.knownAt ? "info" : "warning" }),
    );
  }

  function section({ area, people }) {
    const { text, lang } = texts.label(area.name);
    return el(
      "section",
      { class: "stack" },
      el("h2", {}, el("span", { lang, dir: "auto" }, text), ` (${people.length})`),
      people.length ? el("ul", { class: "log" }, people.map(row)) : null,
    );
  }

  function row(one) {
    const id = `found-${one.id}`;
    const change = async ({ target }) => {
      one.found = target.checked;
      sum();
      await muster.tick(one.id, one.found);
    };
    const { name, latin_name: latin, organisation, category } = one.person ?? { name: texts.get("recent.unnamed") };
    const label = category && texts.label(category.name);
    return el(
      "li",
      { class: "toggle" },
      el(
        "label",
        { for: id, class: "log__what" },
        foreignText("span", name, { class: "log__name" }),
        latin && latin !== name ? foreignText("span", latin) : null,
        organisation ? foreignText("span", organisation, { class: "log__place" }) : null,
        label ? el("span", { class: "log__place", lang: label.lang, dir: "auto" }, label.text) : null,
      ),
      el("input", { type: "checkbox", id, checked: one.found, onchange: change }),
    );
  }

  async function anew() {
    await muster.clear();
    await draw();
  }

  draw();
  return { element };
}
