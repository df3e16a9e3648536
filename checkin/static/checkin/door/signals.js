/**
 * Sound and vibration of a verdict, each told apart without looking. Made on the spot: no sound files to load.
 */

// [Hz, start in s, length in s]: up is good, low and twice is stop, one flat tone asks to wait, down is out.
const TONES = {
  admit: [[880, 0, 0.09], [1318, 0.1, 0.16]],
  stop: [[196, 0, 0.22], [196, 0.3, 0.34]],
  wait: [[523, 0, 0.3]],
  out: [[988, 0, 0.09], [659, 0.1, 0.16]],
};
const SHAPES = { admit: "sine", stop: "square", wait: "triangle", out: "sine" };
const PULSES = { admit: [60], stop: [220, 90, 220], wait: [140], out: [60, 60, 60] };

export class Signals {
  #context = null;
  sound = true;
  vibration = true;

  constructor() {
    // Browsers keep audio silent until the first touch; that touch comes long before the first badge.
    addEventListener("pointerdown", () => this.#wake(), { passive: true });
    addEventListener("keydown", () => this.#wake(), { passive: true });
  }

  give(tone) {
    // Before the first touch of a page that has just opened the browser would refuse, and complain.
    if (this.vibration && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(PULSES[tone]);
    if (this.sound) this.#play(tone);
  }

  #wake() {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!Context) return;
    this.#context ??= new Context();
    if (this.#context.state !== "running") this.#context.resume().catch(() => {});
  }

  #play(tone) {
    if (this.#context?.state !== "running") return;
    for (const [frequency, start, length] of TONES[tone]) this.#beep(SHAPES[tone], frequency, start, length);
  }

  #beep(shape, frequency, start, length) {
    const at = this.#context.currentTime + start;
    const source = new OscillatorNode(this.#context, { type: shape, frequency });
    const volume = new GainNode(this.#context, { gain: 0 });
    // A short rise and fall: a hard edge clicks in small loudspeakers.
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(shape === "square" ? 0.25 : 0.5, at + 0.01);
    volume.gain.setValueAtTime(shape === "square" ? 0.25 : 0.5, at + length - 0.02);
    volume.gain.linearRampToValueAtTime(0, at + length);
    source.connect(volume).connect(this.#context.destination);
    source.start(at);
    source.stop(at + length);
  }
}
