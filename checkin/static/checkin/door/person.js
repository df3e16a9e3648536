/**
 * A guest as the volunteer sees one: name in the original script and in Latin letters, category, organisation.
 */

import { el, foreignText } from "./dom.js";

/** Elements that tell who this is; `credential` is the badge whose holder's portrait belongs to it. */
export function personCard(app, person, { heading = "p", credential = null } = {}) {
  return el(
    "div",
    { class: "person" },
    credential ? portrait(app, credential, person.name) : null,
    person.category ? categoryChip(app, person.category) : null,
    foreignText(heading, person.name, { class: "person__name" }),
    person.latin_name && person.latin_name !== person.name
      ? foreignText("p", person.latin_name, { class: "person__latin" })
      : null,
    person.organisation ? foreignText("p", person.organisation, { class: "person__organisation" }) : null,
  );
}

/** The face to a badge: at once where the phone carries it, a moment later from the server, or nothing. */
function portrait(app, credential, name) {
  const image = el("img", { class: "person__face", alt: name, width: "120", height: "156", hidden: true });
  const put = (face) => {
    if (!face) return;
    image.src = `data:image/webp;base64,${face}`;
    image.hidden = false;
  };
  const carried = app.knowledge.face(credential);
  if (carried) put(carried);
  else app.knowledge.findFace(credential).then(put);
  return image;
}

/** The category in its badge's colour, so that the screen can be held against the badge. */
export function categoryChip(app, category, tag = "p") {
  const { text, lang } = app.texts.label(category.name);
  const chip = el(tag, { class: "chip", lang, dir: "auto" }, text);
  chip.style.setProperty("--chip", category.colour);
  chip.style.setProperty("--chip-text", readableOn(category.colour));
  return chip;
}

/** Black or white, whichever contrasts more with a colour written as #rrggbb (WCAG relative luminance). */
export function readableOn(colour) {
  const channels = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
  return luminance > 0.179 ? "#000000" : "#ffffff";
}
