// A form that came back: the reader starts at the summary of what to put right.

export const focusErrors = () => document.querySelector("[data-error-summary]")?.focus();
