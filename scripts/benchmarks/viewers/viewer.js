// One viewer: answers what the node offers, plays all of it, and says what it sees.
window.pc = new RTCPeerConnection();
pc.ontrack = ({ track, streams }) => {
  const player = document.createElement(track.kind);
  player.autoplay = player.muted = true;
  player.srcObject = new MediaStream([track]);
  document.body.append(player);
};

window.take = async (sdp) => {
  await pc.setRemoteDescription({ type: "offer", sdp });
  await pc.setLocalDescription();
  return pc.localDescription.sdp;
};

window.look = async () => {
  const seen = { at: performance.now() / 1000, video: null, audio: null };
  (await pc.getStats()).forEach((each) => {
    if (each.type !== "inbound-rtp" || !each.packetsReceived) return;
    seen[each.kind] = {
      height: each.frameHeight ?? 0,
      decoded: each.framesDecoded ?? 0,
      packets: each.packetsReceived,
      bytes: each.bytesReceived,
      lost: each.packetsLost,
      frozen: each.totalFreezesDuration ?? 0,
      freezes: each.freezeCount ?? 0,
      concealed: each.concealedSamples ?? 0,
      samples: each.totalSamplesReceived ?? 0,
    };
  });
  return seen;
};
