/** What the room says: plain words for states and endings. */

export const RECORDING = {
  off: { chip: "Not recorded", said: "Recording is off." },
  waiting_consent: { chip: "Not recording yet", said: "Recording waits for someone to agree." },
  recording: { chip: "Recording", said: "Recording is on." },
  paused: { chip: "Recording paused", said: "Recording is paused." },
  interrupted: { chip: "Recording interrupted", said: "Recording was interrupted. The lesson goes on." },
  finalising: { chip: "Saving recording", said: "The recording is being saved." },
  ready: { chip: "Recording saved", said: "The recording is saved." },
};

export const ROLES = { mentor: "Mentor", cohost: "Co-host", learner: "Learner" };

/** @type {Record<string, {picture: string, title: string, text: string, actions: string[]}>} */
export const ENDS = {
  left: { picture: "leave", title: "You left the lesson", text: "Your place is kept until it ends.", actions: ["rejoin", "session"] },
  ended: { picture: "check", title: "The lesson has ended", text: "Thank you for being here.", actions: ["summary", "session"] },
  replaced: { picture: "device", title: "You are in the room elsewhere", text: "The lesson was opened in another tab or on another device. It can only be in one place.", actions: ["here", "session"] },
  "signed-out": { picture: "lock", title: "You are signed out", text: "Log in again to come back to the lesson.", actions: ["login", "session"] },
  refused: { picture: "clock", title: "You can't enter yet", text: "The room is open to the mentor and to people with a confirmed seat, from 15 minutes before the start.", actions: ["again", "session"] },
  removed: { picture: "leave", title: "You were removed from the lesson", text: "The mentor took you out of this lesson. If that was a mistake, write to them.", actions: ["messages", "session"] },
  locked: { picture: "lock", title: "The room is locked", text: "The mentor lets nobody new in just now. Try again in a few minutes, or write to them.", actions: ["again", "messages", "session"] },
  denied: { picture: "lock", title: "You were not let in", text: "The mentor did not let you into the room. If you think it was a mistake, write to them.", actions: ["again", "messages", "session"] },
  too_early: { picture: "clock", title: "The room is not open yet", text: "It opens 15 minutes before the start.", actions: ["again", "session"] },
  missing: { picture: "search", title: "There is no such lesson", text: "The address may be incomplete, or the lesson was withdrawn.", actions: ["browse"] },
};

/** Time to the end in words. Times in ms. @returns {{text: string, urgent: boolean}} */
export function timeLeft(now, startsAt, endsAt, live) {
  const minutes = Math.ceil(Math.abs(endsAt - now) / 60_000);
  if (!live && startsAt && now < startsAt) return { text: `Starts in ${span(Math.ceil((startsAt - now) / 60_000))}`, urgent: false };
  if (now >= endsAt) return { text: `${span(minutes)} over`, urgent: true };
  return { text: `${span(minutes)} left`, urgent: minutes <= 5 };
}

function span(minutes) {
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** What was done to us, by whom. @type {Record<string, (name: string) => string>} */
export const MODERATED = {
  mute: (name) => `${name} muted you. Press m to speak.`,
  "mute-all": (name) => `${name} muted everybody. Press m to speak.`,
  "stop-video": (name) => `${name} turned your camera off. Press v to turn it on again.`,
  "stop-screen": (name) => `${name} stopped your shared screen.`,
  "lower-hand": (name) => `${name} lowered your hand.`,
  "lower-hands": (name) => `${name} lowered all hands.`,
  "allow-screen": (name) => `${name} lets you share your screen.`,
  "disallow-screen": (name) => `${name} took back that you may share your screen.`,
  cohost: (name) => `${name} made you co-host: you can mute, admit and remove people.`,
  uncohost: (name) => `${name} took back that you are co-host.`,
  admit: (name) => `${name} let you in.`,
};

/** Whole minutes and seconds to something: "1 h 05 min", "4 min", "50 s". */
export function until(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 60 ? `${seconds} s` : span(Math.ceil(seconds / 60));
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** "18:00" where the person is */
export function clockTime(instant) {
  return CLOCK.format(instant);
}

/** "Tue 24 Nov, 18:00–18:45 · your time" */
export function when(startsAt, endsAt) {
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
  return `${day.format(startsAt)}, ${clockTime(startsAt)}–${clockTime(endsAt)}, your time`;
}
