/**
 * The app's words in the volunteer's language, and times in the event's zone. The words come from Django's catalogues.
 */

export class Texts {
  #texts;

  /** @param pack {language: {code, tag, direction}, texts: {key: text or {plural category: text}}} */
  constructor(pack) {
    this.#texts = pack.texts;
    this.language = pack.language;
    this.#plural = new Intl.PluralRules(pack.language.tag);
    this.#number = new Intl.NumberFormat(pack.language.tag);
  }

  #plural;
  #number;

  has(key) {
    return key in this.#texts;
  }

  get(key, values = {}) {
    const text = this.#texts[key];
    if (typeof text !== "string") throw new Error(`no text ${key}`);
    return fill(text, values);
  }

  /** A text that counts: the form is the language's own. */
  count(key, count) {
    const forms = this.#texts[key];
    return fill(forms[this.#plural.select(count)] ?? forms.other, { count: this.#number.format(count) });
  }

  number(value) {
    return this.#number.format(value);
  }

  /** A label staff wrote in several languages: {text, lang}, in the reader's, else English, else any. */
  label(labels) {
    const codes = [this.language.code, this.language.code.split("-")[0], "en", ...Object.keys(labels ?? {})];
    const code = codes.find((code) => labels?.[code]);
    return { text: code ? labels[code] : "", lang: code ?? null };
  }

  /** Hour and minute in the event's zone, with the day when it is not today. */
  moment(at, zone, now = new Date()) {
    const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
    const sameDay = day.format(at) === day.format(now);
    const parts = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    if (!sameDay) Object.assign(parts, { weekday: "short", day: "numeric", month: "long" });
    return new Intl.DateTimeFormat(this.language.tag, parts).format(at);
  }

  /** How long ago, in the largest fitting unit. */
  ago(at, now = new Date()) {
    const relative = new Intl.RelativeTimeFormat(this.language.tag, { numeric: "auto" });
    const seconds = Math.round((at - now) / 1000);
    for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
      if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
    }
    return relative.format(Math.min(0, seconds), "second");
  }
}

// Named places as in the catalogues, %(count)s, so that translators meet one notation.
function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name) => values[name] ?? place).replaceAll("%%", "%");
}
