/**
 * Handheld scanners that type: catches what comes in one go and ends with Enter, while no field is in focus.
 */

const PAUSE = 1000; // ms between two keys that begin a new text; a scanner needs some 50, a busy old phone passes them on late
const SHORTEST = 6;
const WRITABLE = "input:not([type=radio], [type=checkbox]), textarea, select";

/** Calls back with each text typed by a scanner. @returns a function that stops listening */
export function listenToScanner(onText) {
  let typed = "";
  let lastAt = 0;
  const onKey = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches?.(WRITABLE)) return;
    const slow = event.timeStamp - lastAt > PAUSE;
    lastAt = event.timeStamp;
    if (event.key === "Enter" && typed.length >= SHORTEST && !slow) {
      event.preventDefault(); // or the button in focus would be pressed as well
      onText(typed);
      typed = "";
    } else if (event.key.length === 1) {
      typed = slow ? event.key : typed + event.key;
    }
  };
  addEventListener("keydown", onKey, { capture: true });
  return () => removeEventListener("keydown", onKey, { capture: true });
}
