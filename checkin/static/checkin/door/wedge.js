/**
 * Handheld scanners that type: catches what comes in one go, while no field is in focus. It ends with Enter or Tab, or,
 * where the scanner adds neither, when a whole badge has come; so two badges in one go are two.
 */

import { repair } from "./layouts.js";

const PAUSE = 1000; // ms between two keys that begin a new text; a scanner needs some 50, a busy old phone passes them on late
const SHORTEST = 6;
const WHOLE_BADGE = /^E1:.{119}$/;
const WRITABLE = "input:not([type=radio], [type=checkbox]), textarea, select";

/** Calls back with each text typed by a scanner. @returns a function that stops listening */
export function listenToScanner(onText) {
  let typed = "";
  let lastAt = 0;
  let ended = false; // a whole badge was told, and the key that ends it may still come
  const tell = (text) => {
    typed = "";
    onText(text);
  };
  const onKey = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches?.(WRITABLE)) return;
    const slow = event.timeStamp - lastAt > PAUSE;
    lastAt = event.timeStamp;
    if (event.key === "Enter" || event.key === "Tab") {
      if (slow) ended = false;
      if (slow || (!ended && typed.length < SHORTEST)) return;
      event.preventDefault(); // or the button in focus would be pressed as well
      const told = ended;
      ended = false;
      if (!told) tell(repair(typed));
    } else if (event.key.length === 1) {
      typed = slow ? event.key : typed + event.key;
      ended = false;
      const text = typed.length >= 122 ? repair(typed) : "";
      if (!WHOLE_BADGE.test(text)) return;
      ended = true;
      tell(text);
    }
  };
  addEventListener("keydown", onKey, { capture: true });
  return () => removeEventListener("keydown", onKey, { capture: true });
}
