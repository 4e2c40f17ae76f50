/** Stand-ins for a camera and a microphone that are not there: the way is tried all the same. */

const SIZE = { width: 1280, height: 720 };
const FRAME_MS = 50;

/** A moving picture that is not easy to compress. @returns {{track: MediaStreamTrack, stop: () => void}} */
export function picture() {
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let turn = 0;
  const timer = setInterval(() => {
    turn += 1;
    for (let tile = 0; tile < 240; tile++) {
      pen.fillStyle = `hsl(${(tile * 37 + turn * 11) % 360} 60% ${30 + ((tile + turn) % 5) * 10}%)`;
      pen.fillRect((tile % 20) * 64, Math.floor(tile / 20) * 60, 64, 60);
    }
  }, FRAME_MS);
  const [track] = canvas.captureStream(1000 / FRAME_MS).getTracks();
  return { track, stop: () => [clearInterval(timer), track.stop()] };
}

/** A quiet tone. @returns {{track: MediaStreamTrack, stop: () => void}} */
export function tone() {
  const context = new AudioContext();
  const note = new OscillatorNode(context, { frequency: 220 });
  const end = context.createMediaStreamDestination();
  note.connect(new GainNode(context, { gain: 0.05 })).connect(end);
  note.start();
  context.resume();
  const [track] = end.stream.getTracks();
  return { track, stop: () => [context.close(), track.stop()] };
}
