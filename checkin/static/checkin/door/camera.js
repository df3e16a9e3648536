/**
 * The phone's camera: start, stop, choose, light, and pictures as they come. Knows nothing of codes or badges.
 */

// Why a camera does not start, by the name of the browser's error; the texts explain each and offer another way.
const TROUBLE = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

export class CameraTrouble extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

export class Camera {
  #video;
  #stream = null;
  #canvas = document.createElement("canvas");
  #context = this.#canvas.getContext("2d", { willReadFrequently: true });

  constructor(video) {
    this.#video = video;
  }

  /** Show the camera's picture; raises CameraTrouble. Without a device: the one that looks away from the volunteer. */
  async start(deviceId) {
    if (!navigator.mediaDevices?.getUserMedia) throw new CameraTrouble("insecure");
    this.stop();
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted(deviceId) });
      this.#video.srcObject = this.#stream;
      await this.#video.play();
    } catch (error) {
      this.stop();
      // A camera chosen once may be gone (unplugged, other phone case): fall back instead of failing.
      if (deviceId && TROUBLE[error.name] === "absent") return this.start();
      throw new CameraTrouble(TROUBLE[error.name] ?? "failed");
    }
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** Phones take the camera away from hidden pages; the picture then freezes without an error. */
  get alive() {
    return this.#track?.readyState === "live" && !this.#track.muted;
  }

  get deviceId() {
    return this.#track?.getSettings().deviceId ?? null;
  }

  /** Cameras to choose from; names are known only while permission is given. */
  async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
  }

  get hasLight() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  async light(on) {
    await this.#track.applyConstraints({ advanced: [{ torch: on }] });
  }

  /** Call back at the next picture with its time in ms; older browsers count the screen's frames instead. */
  nextFrame(callback) {
    if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(callback);
    else requestAnimationFrame(callback);
  }

  /** The picture of this moment, or null before the first. */
  grab() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!width) return null;
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#context.drawImage(this.#video, 0, 0);
    return this.#context.getImageData(0, 0, width, height);
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }
}

// `ideal` throughout: `exact` would refuse a laptop's only camera.
function wanted(deviceId) {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  return deviceId ? { deviceId: { exact: deviceId }, ...size } : { facingMode: { ideal: "environment" }, ...size };
}
