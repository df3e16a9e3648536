// Watches a mailing while it is sent: renews the numbers every two seconds, and the page once it is no longer running.
const panel = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(panel.dataset.progress, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const progress = await answer.json();
  for (const place of panel.querySelectorAll("[data-of]")) place.textContent = progress[place.dataset.of];
  const bar = panel.querySelector("[data-bar]");
  bar.max = progress.expected || 1;
  bar.value = progress.sent;
  if (!progress.is_running) window.location.reload();
}

if (panel) setInterval(() => look().catch(() => {}), 2000);
