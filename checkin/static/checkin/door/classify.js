/**
 * What a scanned or typed text is: one of our badges, a code that sets up a phone, or something foreign.
 * Pure: whether a badge is genuine is not decided here.
 */

// Any version of our format goes to the server, so that a forged or newer badge stands in the ledger, too.
const BADGE = /^E\d+:/;
const ENROLMENT = /\/door\/?(?:kiosk\/)?#enrol=([^&\s]+)$/;

// The first pattern that fits names the kind; the order matters where one contains another.
const FOREIGN = [
  ["payment", /^(bitcoin|ethereum|litecoin|lightning|monero|upi|alipays?|weixin|wxp|paypal|ton|solana):/i],
  ["payment", /^(BCD\r?\n00[12]\r?\n|SPC\r?\n02|000201\d{2})/],
  ["payment", /^https?:\/\/(qr\.alipay\.com|wx\.tenpay\.com|.*\.paypal\.(com|me))\//i],
  ["wallet", /^https?:\/\/(pay\.google\.com\/gp\/v\/save|wallet\.google\.com|([\w-]+\.)*wallet\.apple\.com)\b/i],
  ["wallet", /^https?:\/\/\S+\.pkpass(\?|$)/i],
  ["web", /^(https?:\/\/|www\.)/i],
  ["wifi", /^WIFI:/i],
  ["contact", /^(BEGIN:VCARD|MECARD:|BIZCARD:)/i],
  ["contact", /^(mailto|tel|smsto?|MATMSG):/i],
  ["boarding", /^M[1-9][A-Z0-9/ .'-]{20}[E ][A-Z0-9]{5,7}\s*[A-Z]{3}[A-Z]{3}/],
  ["ticket", /^[a-z0-9]{32}$/i],
  ["ticket", /^[A-Za-z0-9+/_=.-]{60,}$/],
];

/** @returns {{kind: "badge", credential: string} | {kind: "enrolment", code: string} | {kind: "foreign", family: string}} */
export function classify(text) {
  const trimmed = text.trim();
  if (BADGE.test(trimmed)) return { kind: "badge", credential: trimmed };
  const code = enrolmentCode(trimmed);
  if (code) return { kind: "enrolment", code };
  const family = FOREIGN.find(([, pattern]) => pattern.test(trimmed));
  return { kind: "foreign", family: family ? family[0] : "text" };
}

/**
 * Which of the codes in one picture the volunteer means: the only badge, whatever lies beside it. Of two badges nobody can
 * say which guest stands there, so neither is taken.
 * @returns {{text} | {several: true} | null}
 */
export function meant(texts) {
  const [first, ...others] = new Set(texts);
  const badges = [...new Set(texts.filter((text) => BADGE.test(text.trim())))];
  if (badges.length > 1) return { several: true };
  if (badges.length === 1) return { text: badges[0] };
  if (first === undefined) return null;
  return others.length ? { several: true } : { text: first };
}

/** The one-time code in an enrolment address or its fragment; empty when there is none. */
export function enrolmentCode(address) {
  const found = ENROLMENT.exec(address);
  if (!found) return "";
  try {
    return decodeURIComponent(found[1]);
  } catch {
    return ""; // a broken percent sign: not made by us
  }
}
