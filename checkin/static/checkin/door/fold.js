/**
 * Names made comparable: without case, accents, marks and punctuation, whatever the script. Pure.
 */

/** Letters and digits in small letters, words apart by one blank. */
export function fold(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
