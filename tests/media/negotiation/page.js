// The client side of the browser tests: one RTCPeerConnection on `window.pc`, and what it saw.
window.events = [];

window.connect = () => {
  window.pc = new RTCPeerConnection();
  pc.ontrack = ({ track, streams, transceiver }) =>
    events.push({ mid: transceiver.mid, kind: track.kind, track: track.id, stream: streams[0]?.id });
};

window.media = async () => (await navigator.mediaDevices.getUserMedia({ audio: true, video: true })).getTracks();

window.offer = async () => {
  await pc.setLocalDescription();
  return pc.localDescription.sdp;
};

window.take = (type, sdp) => pc.setRemoteDescription({ type, sdp });

window.answer = async () => {
  await pc.setLocalDescription();
  return pc.localDescription.sdp;
};

window.state = () => ({
  signaling: pc.signalingState,
  directions: Object.fromEntries(pc.getTransceivers().map((each) => [each.mid, each.currentDirection])),
});
