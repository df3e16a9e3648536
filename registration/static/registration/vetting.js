// Keys for officers: j and k go through the queue, a, r and i choose, t takes, ? explains. Nothing is sent by a key.
const CHOICES = { a: ["approved", "clear"], r: ["rejected", "object"], i: ["information_requested", "ask"] };

const busy = (target) =>
  target instanceof HTMLElement && target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog");

function choose(key) {
  for (const value of CHOICES[key]) {
    const choice = document.querySelector(`[data-verdict] input[value="${value}"], [data-decision] input[value="${value}"]`);
    if (choice instanceof HTMLInputElement) {
      choice.checked = true;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
      choice.focus();
      choice.scrollIntoView({ block: "center" });
      return;
    }
  }
}

function moveInList(step) {
  const links = [...document.querySelectorAll("#listing-results tbody td.title a")];
  const place = links.indexOf(document.activeElement);
  const next = links[Math.min(Math.max(place + step, 0), links.length - 1)];
  if (next instanceof HTMLElement) next.focus();
}

const help = document.getElementById("vetting-keys");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || busy(event.target)) return;
  const { key } = event;
  if (key === "?" && help instanceof HTMLDialogElement) help.showModal();
  else if (key in CHOICES) choose(key);
  else if ("jkt".includes(key)) {
    const control = document.querySelector(`[data-key="${key}"]`);
    if (control instanceof HTMLElement) control.click();
    else if (key !== "t") moveInList(key === "j" ? 1 : -1);
  } else return;
  event.preventDefault();
});

for (const button of document.querySelectorAll('button[data-key="?"]')) {
  button.hidden = false;
  button.addEventListener("click", () => help instanceof HTMLDialogElement && help.showModal());
}
