// Asks for the list anew when something is written or read.

const WAIT_MS = 150; // several at once are one question

export const keepRows = (current = "") => {
  const box = document.querySelector("[data-chat-rows-box]");
  if (!box) return;
  let timer = 0;
  const ask = async () => {
    const answer = await fetch(`/communication/messages?part=list&current=${encodeURIComponent(current)}`);
    if (answer.ok) box.innerHTML = await answer.text();
  };
  document.addEventListener("news", ({ detail }) => {
    if (!["message", "message-read", "message-removed", "resync"].includes(detail.type)) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(() => {}), WAIT_MS);
  });
};
