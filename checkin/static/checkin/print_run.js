// Watches badges being printed: renews the part every two seconds, and the page once nothing is printed any more.
const part = document.querySelector("[data-part]");

async function look() {
  const answer = await fetch(part.dataset.part, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok || answer.redirected) return;
  const shown = document.createElement("template");
  shown.innerHTML = await answer.text();
  const fresh = shown.content.querySelector("[data-state]");
  if (fresh?.dataset.state !== "printing") return window.location.reload();
  const old = part.querySelector("[data-state]");
  // A link that somebody is at must not vanish under them: files are only ever added.
  const files = old.querySelector("[data-files]");
  files.append(...[...fresh.querySelectorAll("[data-files] a")].slice(files.children.length));
  for (const one of ["progress", "[role=status]"]) {
    if (old.querySelector(one).outerHTML !== fresh.querySelector(one).outerHTML) old.querySelector(one).replaceWith(fresh.querySelector(one));
  }
}

setInterval(() => look().catch(() => {}), 2000);
