// The desk's print button: the badge goes into the browser's print dialogue, and the search is ready for the next guest.
const search = document.getElementById("badge-search");
const failed = document.querySelector("[data-print-failed]");
let frame = null;
let shown = ""; // the address of the badge in it

function next() {
  search.focus();
  search.select();
}

/** The badge as a file; none where something else came: the guest was withdrawn meanwhile, or the session has ended. */
async function load(address) {
  const answer = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/pdf")) return null;
  return answer.blob();
}

async function print(address) {
  failed.hidden = true;
  const badge = await load(address).catch(() => null);
  if (!badge) {
    failed.hidden = false;
    return;
  }
  frame?.remove();
  URL.revokeObjectURL(shown);
  shown = URL.createObjectURL(badge);
  frame = document.createElement("iframe");
  frame.className = "w-sr-only";
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  frame.addEventListener("load", () => {
    try {
      frame.contentWindow.focus();
      frame.contentWindow.print();
    } catch {
      window.open(address); // a browser that does not let a page print its viewer: it prints from there
    }
    next();
  });
  frame.src = shown;
  document.body.append(frame);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-print]");
  // Held keys and other buttons mean a tab of its own, as with any link.
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  print(link.href);
});

const now = document.querySelector("[data-print-now]");
if (now) {
  // Not again when the page is loaded anew.
  const address = new URL(window.location);
  address.searchParams.delete("print");
  window.history.replaceState(null, "", address);
  print(now.href);
}
