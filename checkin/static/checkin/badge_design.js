// Draws the badge anew a moment after something was typed. One request at a time; a later one overtakes an earlier one.
const place = document.querySelector("[data-preview]");
const form = place?.closest("form");
const PAUSE = 400;
let timer;
let running;

async function draw() {
  running?.abort();
  running = new AbortController();
  try {
    const response = await fetch(place.dataset.preview, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "XMLHttpRequest" },
      signal: running.signal,
    });
    // A session that has ended answers with the sign-in page, which does not belong in here.
    if (response.ok && !response.redirected) place.innerHTML = await response.text();
  } catch {
    // Overtaken, or without network: the last picture stays.
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(draw, PAUSE);
}

if (form) {
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  if (form.elements.event?.value) draw();
}
