// Renews the numbers of the arrivals page every ten seconds while somebody looks at it.
const part = document.querySelector("[data-renew]");

async function renew() {
  if (document.hidden) return;
  try {
    const response = await fetch(part.dataset.renew, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    // A session that has ended answers with the sign-in page, which does not belong in here.
    if (response.ok && !response.redirected) part.innerHTML = await response.text();
  } catch {
    // Without network the numbers stay as they were; the next round tries again.
  }
}

if (part) setInterval(renew, 10_000);
