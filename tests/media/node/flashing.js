// A camera that flashes and a microphone that beeps at the same moments, by the clock of the sound.
const EVERY_S = 1;
const LASTS_S = 0.25;
const LOOK_MS = 5;

window.flash = async () => {
  connect();
  const context = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
  await context.resume();
  const sound = context.createMediaStreamDestination();
  const gain = context.createGain();
  const tone = context.createOscillator();
  tone.frequency.value = 1000;
  gain.gain.value = 0;
  tone.connect(gain).connect(sound);
  tone.start();
  const first = Math.ceil(context.currentTime) + 1;
  for (let turn = 0; turn < 3600; turn++) {
    gain.gain.setValueAtTime(0.5, first + turn * EVERY_S);
    gain.gain.setValueAtTime(0, first + turn * EVERY_S + LASTS_S);
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 360];
  const pen = canvas.getContext("2d", { alpha: false });
  let turn = 0;
  setInterval(() => {
    const since = context.currentTime - first;
    pen.fillStyle = since >= 0 && since % EVERY_S < LASTS_S ? "#fff" : "#000";
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = turn++ % 2 ? "#555" : "#777"; // a corner that always changes: pictures go on
    pen.fillRect(600, 320, 40, 40);
  }, LOOK_MS);
  window.picture = canvas.captureStream(30).getVideoTracks()[0];
  window.voice = sound.stream.getAudioTracks()[0];
  window.voiceSender = pc.addTransceiver(voice, { direction: "sendonly" }).sender;
  const layers = [["q", 2, 150e3], ["h", 1, 500e3]];
  const sendEncodings = layers.map(([rid, by, most]) => ({ rid, scaleResolutionDownBy: by, maxBitrate: most }));
  window.pictureSender = pc.addTransceiver(picture, { direction: "sendonly", sendEncodings }).sender;
  return await offer();
};

window.mute = (on) => voiceSender.replaceTrack(on ? null : voice);

window.best = async (on) => {
  const parameters = pictureSender.getParameters();
  parameters.encodings[1].active = on;
  await pictureSender.setParameters(parameters);
};
