// The registration desk, kinder where scripts run: the cursor stands in the name, another category brings its questions,
// a reader's lines are read as soon as they are whole, and who is registered under the same name shows while one types.
// Without this file all still works.

const form = document.querySelector("[data-desk]");
const PAUSE = 400; // milliseconds without a key before the name is looked up
let waiting = null;
let asking = null;

async function lookUp() {
  asking?.abort();
  asking = new AbortController();
  const sent = new FormData();
  for (const name of ["csrfmiddlewaretoken", "event", "name", "latin_name"]) {
    sent.set(name, form.elements[name]?.value ?? "");
  }
  try {
    const answer = await fetch(form.dataset.similar, { method: "POST", body: sent, signal: asking.signal });
    if (answer.ok) form.querySelector("[data-similar-here]").innerHTML = await answer.text();
  } catch {
    // No news: the server looks again when the form is sent.
  }
}

if (form) {
  const show = form.querySelector('[name="show"]');
  show.closest("p").hidden = true;
  for (const field of [form.elements.event, form.elements.category]) {
    field.addEventListener("change", () => form.requestSubmit(show));
  }
  const read = form.querySelector('[name="read"]');
  form.elements.zone.addEventListener("input", () => {
    clearTimeout(waiting);
    const lines = form.elements.zone.value.trim().split(/\s*\n\s*/).map((line) => line.replaceAll(" ", ""));
    const whole = (count, length) => lines.length === count && lines.every((line) => line.length === length);
    // TD3 and machine-readable visas, TD2, TD1: the forms of ICAO Doc 9303.
    if (whole(2, 44) || whole(2, 36) || whole(3, 30)) waiting = setTimeout(() => form.requestSubmit(read), PAUSE);
  });
  // Enter sends from a list too, where browsers do nothing or open it.
  for (const list of [form.elements.nationality, form.elements.language]) {
    list.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      form.requestSubmit();
    });
  }
  for (const name of ["name", "latin_name"]) {
    form.elements[name].addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(lookUp, PAUSE);
    });
  }
  (form.querySelector('[role="alert"]') ? form.querySelector('[aria-invalid="true"]') ?? form.elements.name : form.elements.name).focus();
}
