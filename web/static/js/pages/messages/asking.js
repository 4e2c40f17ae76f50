// Asks the API; a refusal is thrown.

export const token = document.querySelector('meta[name="csrf-token"]').content;

export class Refused extends Error {
  constructor(body) {
    const [first] = Object.values(body?.error?.fields ?? {}).filter((text) => text !== body.error.code);
    super(first ?? body?.message ?? "That did not work. Try again.");
    this.code = body?.error?.code ?? "";
  }
}

export const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export const post = async (path, body) => {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
  });
  const found = parsed(await answer.text());
  if (!answer.ok) throw new Refused(found);
  return found.data;
};
