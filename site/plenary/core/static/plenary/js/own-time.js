// Beside each time of the event: the time on the reader's own clock, where the two differ. The wording comes from the page.
const note = document.getElementById("times-note");
const wording = note?.dataset.ownTime;

// “2027-03-01T09:00+08:00”: the event's own day and clock are written in the value itself.
const eventDay = (value) => value.slice(0, 10);
const eventClock = (value) => value.slice(11, 16);
const two = (number) => String(number).padStart(2, "0");
const ownDay = (moment) => `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
const ownClock = (moment) => `${two(moment.getHours())}:${two(moment.getMinutes())}`;

// The weekday is said where the reader's day is another one.
function ownTime(moment, value) {
  if (ownDay(moment) === eventDay(value)) return ownClock(moment);
  const weekday = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short" }).format(moment);
  return `${weekday} ${ownClock(moment)}`;
}

function isSame(moment, value) {
  return ownDay(moment) === eventDay(value) && ownClock(moment) === eventClock(value);
}

if (wording) {
  for (const when of document.querySelectorAll(".slot__when, .data-list dd")) {
    const begins = when.querySelector("time[datetime*='T']");
    const moment = begins && new Date(begins.dateTime);
    if (!moment || Number.isNaN(moment.getTime()) || isSame(moment, begins.dateTime)) continue;
    const own = document.createElement("span");
    own.className = "own-time";
    own.textContent = wording.replace("%(time)s", ownTime(moment, begins.dateTime));
    when.append(own);
  }
}
