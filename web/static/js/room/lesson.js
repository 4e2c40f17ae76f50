/** The mentor's two actions on the lesson itself, over the REST interface. */

/**
 * @param {string} sessionId
 * @param {"start"|"end"} action
 * @param {string} csrfToken
 * @returns {Promise<string|null>} what went wrong, in words, or null
 */
export async function postLesson(sessionId, action, csrfToken) {
  try {
    const response = await fetch(`/api/v1/sessions/${sessionId}/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken },
      body: "{}",
    });
    if (response.ok) return null;
    const answer = await response.json().catch(() => ({}));
    return answer.message || `The lesson could not be changed (${response.status}). Try again.`;
  } catch {
    return "The server can't be reached. Try again in a moment.";
  }
}
