// Lets a guest choose the part of a picture that becomes the portrait: drag, pinch, wheel, buttons or keys. The picture is
// sent whole with three numbers; the server cuts it. Without this file the server keeps the upper, middle or lower part.

const form = document.querySelector("[data-portrait]");
const MOST_PIXELS = 40_000_000; // what the server takes; larger ones are refused there with words
const STEP = 0.03; // of the frame, by one press of a key or button

/** The picture on show, where the frame lies on it, and how wide it is: all in pixels of the upright picture. */
const view = { picture: null, left: 0, top: 0, width: 0 };
const frame = form?.querySelector("[data-frame]");
const pen = frame?.getContext("2d");
const ratio = frame ? frame.height / frame.width : 1;

const field = (name) => form.elements.namedItem(name);
const widest = () => Math.min(view.picture.width, view.picture.height / ratio);
const narrowest = () => Math.min(Number(form.dataset.least), widest());
const between = (least, value, most) => Math.min(Math.max(value, least), most);

/** Bring the frame back onto the picture, draw what is in it, and write down the choice. */
function show() {
  view.width = between(narrowest(), view.width, widest());
  const height = view.width * ratio;
  view.left = between(0, view.left, view.picture.width - view.width);
  view.top = between(0, view.top, view.picture.height - height);
  pen.drawImage(view.picture, view.left, view.top, view.width, height, 0, 0, frame.width, frame.height);
  drawOval();
  field("left").value = (view.left / view.picture.width).toFixed(5);
  field("top").value = (view.top / view.picture.height).toFixed(5);
  field("share").value = (view.width / view.picture.width).toFixed(5);
  const span = widest() - narrowest();
  form.querySelector("[data-zoom]").value = span ? Math.round((100 * (widest() - view.width)) / span) : 0;
}

/** Where a face belongs: a guide on the screen, and never part of the portrait. */
function drawOval() {
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, frame.width, frame.height);
  pen.ellipse(frame.width / 2, frame.height * 0.47, frame.width * 0.33, frame.height * 0.36, 0, 0, 2 * Math.PI, true);
  pen.fillStyle = "rgb(20 22 27 / 35%)";
  pen.fill();
  pen.restore();
}

/** Told to a screen reader when a step has been taken, not while a finger moves. */
function tell() {
  const state = form.querySelector("[data-state]");
  const share = (value, whole) => (whole > 0.5 ? Math.round((100 * value) / whole) : 0);
  state.textContent = state.dataset.text
    .replace("{zoom}", String(Math.round((100 * widest()) / view.width)))
    .replace("{x}", String(share(view.left, view.picture.width - view.width)))
    .replace("{y}", String(share(view.top, view.picture.height - view.width * ratio)));
}

/** Make the frame narrower or wider around a point of it, given in shares of the frame. */
function zoomTo(width, x = 0.5, y = 0.5) {
  const kept = between(narrowest(), width, widest());
  view.left += (view.width - kept) * x;
  view.top += (view.width - kept) * ratio * y;
  view.width = kept;
  show();
}

/** Move the picture under the frame, in shares of the frame's width. */
function move(x, y) {
  view.left -= x * view.width;
  view.top -= y * view.width;
  show();
}

const MOVES = { up: [0, -STEP], down: [0, STEP], left: [-STEP, 0], right: [STEP, 0] };
const KEYS = { ArrowUp: MOVES.up, ArrowDown: MOVES.down, ArrowLeft: MOVES.left, ArrowRight: MOVES.right };

// -- fingers and mouse: one moves, two pinch ---------------------------------------------------------------------------
const pointers = new Map();

function place(event) {
  const box = frame.getBoundingClientRect();
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.width };
}

function spread() {
  const [one, other] = [...pointers.values()];
  return Math.hypot(one.x - other.x, one.y - other.y) || 0.01;
}

function dragged(event) {
  if (!pointers.has(event.pointerId)) return;
  const before = pointers.get(event.pointerId);
  const after = place(event);
  if (pointers.size === 2) {
    const was = spread();
    pointers.set(event.pointerId, after);
    const [one, other] = [...pointers.values()];
    zoomTo((view.width * was) / spread(), (one.x + other.x) / 2, (one.y + other.y) / 2 / ratio);
    return;
  }
  pointers.set(event.pointerId, after);
  move(after.x - before.x, after.y - before.y);
}

function listen() {
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
  });
  frame.addEventListener("pointermove", dragged);
  for (const kind of ["pointerup", "pointercancel"]) {
    frame.addEventListener(kind, (event) => { pointers.delete(event.pointerId); tell(); });
  }
  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = place(event);
    zoomTo(view.width * (event.deltaY > 0 ? 1.08 : 0.92), at.x, at.y / ratio);
  }, { passive: false });
  frame.addEventListener("keydown", (event) => {
    if (KEYS[event.key]) move(...KEYS[event.key]);
    else if (event.key === "+" || event.key === "=") zoomTo(view.width * 0.92);
    else if (event.key === "-" || event.key === "−") zoomTo(view.width * 1.08);
    else return;
    event.preventDefault();
    tell();
  });
  form.querySelector("[data-zoom]").addEventListener("input", (event) => {
    zoomTo(widest() - ((widest() - narrowest()) * Number(event.target.value)) / 100);
    tell();
  });
  for (const button of form.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => { move(...MOVES[button.dataset.move]); tell(); });
  }
}

/** A new picture: the frame as large as it goes, a little above the middle, where faces are. */
async function chosen() {
  const [file] = field("picture").files;
  const cropper = form.querySelector("[data-cropper]");
  const small = form.querySelector("[data-too-small]");
  cropper.hidden = small.hidden = true;
  field("place").closest(".field, .plenary-field").hidden = false;
  for (const name of ["left", "top", "share"]) field(name).value = "";
  view.picture?.close();
  view.picture = null;
  if (!file) return;
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return; // no picture this browser reads: the server says what is wrong with it
  }
  if (picture.width * picture.height > MOST_PIXELS) return;
  if (Math.min(picture.width, picture.height / ratio) < Number(form.dataset.least)) {
    small.hidden = false;
    return;
  }
  view.picture = picture;
  view.width = widest();
  view.left = (picture.width - view.width) / 2;
  view.top = (picture.height - view.width * ratio) * 0.4;
  field("place").closest(".field, .plenary-field").hidden = true;
  cropper.hidden = false;
  show();
}

if (form && pen && "createImageBitmap" in window) {
  listen();
  field("picture").addEventListener("change", chosen);
  if (field("picture").files.length) chosen(); // kept by the browser when somebody comes back to the page
}
