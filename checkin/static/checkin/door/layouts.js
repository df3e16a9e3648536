/**
 * Puts right what a scanner that types American keys becomes on another keyboard. Pure.
 *
 * A badge begins with E1: wherever it was made, so its first three characters tell the layout; within one layout every
 * character stands for exactly one other, and the signature in the badge judges the result. What begins otherwise stays.
 */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const REST = "0123456789$*-.:";

function layout(letters, rest) {
  const typed = [...letters, ...rest];
  const meant = [...LETTERS, ...REST];
  return new Map(typed.map((character, place) => [character, meant[place]]));
}

// What the keys of "A…Z0…9$*-.:" type, on a keyboard of each language.
const LAYOUTS = [
  layout("ABCDEFGHIJKLMNOPQRSTUVWXZY", "0123456789$(ß.Ö"), // German
  layout("QBCDEFGHIJKL?NOPARSTUVZXYW", "à&é\"'(-è_ç48):M"), // French
  layout(LETTERS, "0123456789$('.Ñ"), // Spanish
  layout(LETTERS, "0123456789$('.ç"), // Italian
  layout("ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯ", "0123456789;*-юЖ"), // Russian
];
const SCANNERS_OWN = /^(?:\][A-Za-z]\d|[\u0000-\u001f])+/; // the kind of symbol, as some scanners put it before a code

/** The text as the scanner read it. */
export function repair(text) {
  const bare = text.replace(SCANNERS_OWN, "").trim();
  if (/^E\d+:/.test(bare)) return bare;
  if (/^e\d+:/.test(bare)) return bare.toUpperCase(); // set to small letters: a badge has none
  for (const keys of LAYOUTS) {
    const read = [...bare].map((character) => keys.get(character));
    if (read.slice(0, 3).join("") === "E1:" && !read.includes(undefined)) return read.join("");
  }
  return text;
}
