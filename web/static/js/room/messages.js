/**
 * The room socket's messages, protocol 1.
 *
 * Written by scripts/messages_js from media/protocol/browser.py: change its modules, then run the script.
 */

export const PROTOCOL = 1;
export const CHAT_LIMIT = 4000;
export const CHAT_HISTORY = 100;
export const CHAT_FILES = 5;
export const SDP_LIMIT = 200000;
export const FRAME_LIMIT = 524288;
export const MOMENT_LABEL = 80;
export const POLL_QUESTION_LIMIT = 300;
export const POLL_ANSWER_LIMIT = 120;
export const POLL_ANSWERS_MOST = 8;
export const POLLS_MOST = 50;
export const TIMER_MOST_S = 10800;
export const TIMER_LABEL_LIMIT = 80;
export const NOTE_LIMIT = 5000;
export const NOTES_MOST = 500;
export const NOTES_LIMIT = 80000;
export const BOARD_WIDTH = 1600;
export const BOARD_HEIGHT = 900;
export const STROKE_POINTS = 400;
export const BOARD_TEXT_LIMIT = 300;
export const BOARD_ITEMS_MOST = 2000;
export const WRAP_UP_LIMIT = 5000;
export const CAPTION_LIMIT = 500;
export const CHECK_S = 180;

/** WebSocket close codes of the room socket. */
export const CLOSE = Object.freeze({
  NOT_SIGNED_IN: 4401,
  NOT_ALLOWED: 4403,
  NO_SESSION: 4404,
  TOO_SLOW: 4408,
  REPLACED: 4409,
  ENDED: 4410,
  TOO_MANY: 4429,
});

/** @typedef {"camera"|"microphone"|"screen"|"screen-audio"} Source */
/** @typedef {"off"|"low"|"medium"|"high"|"auto"} Quality */
/** @typedef {"mentor"|"learner"|"cohost"} Role */
/** @typedef {"off"|"waiting_consent"|"recording"|"paused"|"interrupted"|"finalising"|"ready"} RecordingState */
/** @typedef {""|"stalled"|"no_keyframe"|"disk_full"|"write_failed"|"queue"|"codec"} RecordingAlarm */
/** @typedef {"your_network"|"their_network"|"hidden"|"paused"|"waiting"} QualityReason */
/** @typedef {"q"|"h"|"f"|"none"} LayerName */
/** @typedef {"clap"|"heart"|"laugh"|"surprised"|"thumbs-up"|"celebrate"} Emoji */
/** @typedef {"chat"|"notes"} TypingWhere */
/** @typedef {"admit"|"admit-all"|"deny"|"mute"|"mute-all"|"stop-video"|"stop-screen"|"lower-hand"|"lower-hands"|"remove"|"readmit"|"lock"|"unlock"|"allow-screen"|"disallow-screen"|"cohost"|"uncohost"|"admission-on"|"admission-off"} ModerateAction */
/** @typedef {"ask"|"close"|"show"|"remove"} PollAction */
/** @typedef {"put"|"remove"} NoteOp */
/** @typedef {"add"|"remove"|"restore"|"clear"} BoardOp */
/** @typedef {"ink"|"red"|"amber"|"green"|"blue"|"violet"} Colour */
/** @typedef {"thin"|"medium"|"thick"} Width */
/** @typedef {"small"|"medium"|"large"} Size */
/** @typedef {"out"|"in"} CheckLeg */

/**
 * RTCSessionDescriptionInit.
 * @typedef {object} Description
 * @property {"offer"|"answer"} type
 * @property {string} sdp
 */

/**
 * What a section of the sender's SDP carries. `participant` is set by the server only.
 * @typedef {object} TrackLabel
 * @property {Source} source
 * @property {string|null} [participant]
 */

/**
 * @typedef {object} MediaState
 * @property {boolean} [camera]
 * @property {boolean} [microphone]
 * @property {boolean} [screen]
 */

/**
 * `hand_at` is when the hand was raised: hands have an order. `may_share`: the screen is granted.
 * @typedef {object} Participant
 * @property {string} id
 * @property {string} name
 * @property {Role} role
 * @property {MediaState} [media]
 * @property {boolean} [hand]
 * @property {string|null} [hand_at]
 * @property {boolean} [may_share]
 */

/**
 * @typedef {object} Offer
 * @property {"offer"} type
 * @property {Description} offer
 * @property {Record<string, TrackLabel>|null} [tracks]
 * @property {string|null} [connection]
 */

/**
 * @typedef {object} Answer
 * @property {"answer"} type
 * @property {Description} answer
 */

/**
 * `candidate` is an RTCIceCandidateInit, or None at the end of candidates.
 * @typedef {object} IceCandidate
 * @property {"ice-candidate"} type
 * @property {Record<string, any>|null} [candidate]
 */

/**
 * @typedef {object} Ping
 * @property {"ping"} type
 * @property {number|null} [t]
 */

/**
 * @typedef {object} Pong
 * @property {"pong"} type
 * @property {number|null} [t]
 */

/**
 * A line of chat. `files` were uploaded before; with some of them `text` may be empty.
 * @typedef {object} ChatSend
 * @property {"chat"} type
 * @property {string} text
 * @property {string|null} [to]
 * @property {string|null} [reply_to]
 * @property {string[]} [files]
 */

/**
 * @typedef {object} MediaSend
 * @property {boolean} [camera]
 * @property {boolean} [microphone]
 * @property {boolean} [screen]
 * @property {"media"} type
 */

/**
 * @typedef {object} Subscribe
 * @property {"subscribe"} type
 * @property {string} participant
 * @property {Source} source
 * @property {Quality} [quality]
 * @property {number|null} [width]
 */

/**
 * @typedef {object} HandSend
 * @property {"hand"} type
 * @property {boolean} raised
 */

/**
 * A person's consent, or the mentor's action. `text_version` names the words that were agreed to; the
 * newest, where it is left out.
 * @typedef {object} RecordingSend
 * @property {"recording"} type
 * @property {boolean|null} [consent]
 * @property {string|null} [text_version]
 * @property {"pause"|"resume"|"stop"|null} [action]
 */

/**
 * What holds for the whole room. A `locked` one takes nobody new; with `admission` newcomers wait to
 * be let in. `sharer` has the floor for the screen, `queue` are those who wait for it, in order. A
 * lesson that is to be recorded is not `recordable` while the media server is short of disk space.
 * @typedef {object} RoomState
 * @property {boolean} live
 * @property {RecordingState} recording
 * @property {boolean} [locked]
 * @property {boolean} [admission]
 * @property {string|null} [sharer]
 * @property {string[]} [queue]
 * @property {boolean} [recordable]
 */

/**
 * A file that was handed round. `url` gives it to those who may read the line; `size` is in bytes.
 * @typedef {object} ChatFile
 * @property {string} id
 * @property {string} name
 * @property {string} media_type
 * @property {number} size
 * @property {string} url
 */

/**
 * One line of chat. `seq` counts up within a room; `at` is an RFC 3339 instant in UTC. Of a `removed`
 * one there is no text, and no file, any more.
 * @typedef {object} ChatLine
 * @property {"chat"} type
 * @property {string} id
 * @property {number} seq
 * @property {string} from
 * @property {string} name
 * @property {string} text
 * @property {string} at
 * @property {string|null} [to]
 * @property {string|null} [reply_to]
 * @property {ChatFile[]} [files]
 * @property {boolean} [removed]
 */

/**
 * @typedef {object} Joined
 * @property {"joined"} type
 * @property {number} [protocol]
 * @property {Participant} self
 * @property {Participant[]} participants
 * @property {Record<string, any>[]} ice_servers
 * @property {ChatLine[]} chat
 * @property {RoomState} state
 * @property {string} resume
 * @property {boolean|null} [consent]
 * @property {string} ends_at
 */

/**
 * @typedef {object} ParticipantJoined
 * @property {"participant-joined"} type
 * @property {Participant} participant
 */

/**
 * @typedef {object} ParticipantUpdated
 * @property {"participant-updated"} type
 * @property {Participant} participant
 */

/**
 * @typedef {object} ParticipantId
 * @property {string} id
 */

/**
 * @typedef {object} ParticipantLeft
 * @property {"participant-left"} type
 * @property {ParticipantId} participant
 */

/**
 * What is on disk of one track in this recording. `last_write_ms` is how long ago that came which was
 * written last, `lag_ms` how far the writer is behind.
 *
 * `alarm`: the track sends and is not written. Its file does not grow (stalled), no keyframe comes to go
 * on from, the disk is full or refuses, the writer can't keep up (queue), or the codec can't be kept.
 * @typedef {object} TrackHealth
 * @property {string} participant
 * @property {Source} source
 * @property {number} bytes
 * @property {number} keyframes
 * @property {number|null} [last_write_ms]
 * @property {number} [lag_ms]
 * @property {RecordingAlarm} [alarm]
 */

/**
 * @typedef {object} RecordingHealth
 * @property {TrackHealth[]} tracks
 */

/**
 * What the recording light shows, and whether the lesson is live; said when either changes.
 *
 * `health` is told to who leads the lesson, every other second while something is written.
 * @typedef {object} Recording
 * @property {"recording"} type
 * @property {RecordingState} state
 * @property {boolean} live
 * @property {string|null} [started_at]
 * @property {RecordingHealth|null} [health]
 */

/**
 * Who speaks, by the audio level header extension (RFC 6464), smoothed. `level` is 0 (silent) to 1;
 * `dominant` marks the one speaker whom layouts should show large.
 * @typedef {object} Speaking
 * @property {"speaking"} type
 * @property {string} participant
 * @property {number} level
 * @property {boolean} dominant
 */

/**
 * How a participant's media reach the reader; with the reader's own id: how its own leave and come.
 *
 * `score` is 0 (nothing works) to 5, `loss` a fraction 0–1. `layer` is what is forwarded of the
 * participant's camera; `reason` says why it is not the best one.
 * @typedef {object} QualityReport
 * @property {"quality"} type
 * @property {string} participant
 * @property {number} score
 * @property {number} loss
 * @property {number|null} [rtt_ms]
 * @property {LayerName|null} [layer]
 * @property {QualityReason|null} [reason]
 */

/**
 * Close the RTCPeerConnection, make a new one, offer.
 * @typedef {object} Reset
 * @property {"reset"} type
 * @property {string} reason
 */

/**
 * @typedef {object} Ended
 * @property {"ended"} type
 * @property {string} reason
 * @property {string} summary_url
 */

/**
 * @typedef {object} Error
 * @property {"error"} type
 * @property {string} code
 * @property {string} message
 * @property {string|null} [re]
 */

/**
 * @typedef {object} ReactionSend
 * @property {"reaction"} type
 * @property {Emoji} emoji
 */

/**
 * I can't follow just now. Those who lead the room hear how many said so, not who.
 * @typedef {object} LostMeSend
 * @property {"lost-me"} type
 */

/**
 * Marks this moment, to be found again afterwards.
 * @typedef {object} MomentSend
 * @property {"moment"} type
 * @property {string} [label]
 */

/**
 * Said again every three seconds while somebody types; it holds for five.
 * @typedef {object} TypingSend
 * @property {"typing"} type
 * @property {string|null} [to]
 * @property {TypingWhere} [where]
 */

/**
 * Take the floor for the screen, or wait for it in the queue; or give either up.
 * @typedef {object} ShareSend
 * @property {"share"} type
 * @property {boolean} wanted
 */

/**
 * Takes a line back: one's own for ten minutes, anybody's for those who lead the room.
 * @typedef {object} ChatRemove
 * @property {"chat-remove"} type
 * @property {string} id
 */

/**
 * What those who lead the room do. `participant` is a participant, for `admit` and `deny` somebody of
 * `knock`, for `readmit` somebody of `removed`.
 * @typedef {object} Moderate
 * @property {"moderate"} type
 * @property {ModerateAction} action
 * @property {string|null} [participant]
 */

/**
 * @typedef {object} Reaction
 * @property {"reaction"} type
 * @property {string} participant
 * @property {Emoji} emoji
 */

/**
 * How many people said in the last two minutes that they can't follow: to those who lead the room.
 * Who said it gets it back with `count` 1.
 * @typedef {object} LostMe
 * @property {"lost-me"} type
 * @property {number} count
 * @property {string} at
 */

/**
 * A marked moment: the mentor's to all, a learner's to themselves. `at_ms` is its place in the
 * recording.
 * @typedef {object} Moment
 * @property {"moment"} type
 * @property {string} id
 * @property {string} participant
 * @property {string} label
 * @property {string} at
 * @property {number|null} [at_ms]
 */

/**
 * @typedef {object} Typing
 * @property {"typing"} type
 * @property {string} participant
 * @property {string|null} [to]
 * @property {TypingWhere} [where]
 */

/**
 * What holds for the whole room has changed.
 * @typedef {object} Room
 * @property {"room"} type
 * @property {RoomState} state
 */

/**
 * You wait to be let in: `joined` follows, or an `error` (`denied`, `locked`) and the close.
 * @typedef {object} Waiting
 * @property {"waiting"} type
 */

/**
 * Somebody who is not in the room.
 * @typedef {object} Person
 * @property {string} id
 * @property {string} name
 */

/**
 * Who waits to be let in now, in order; to those who lead the room.
 * @typedef {object} Knock
 * @property {"knock"} type
 * @property {Person[]} waiting
 */

/**
 * Who was put out and may not come back until that is taken back (`moderate` `readmit`); to those who
 * lead the room.
 * @typedef {object} Removed
 * @property {"removed"} type
 * @property {Person[]} people
 */

/**
 * Somebody who leads the room did this to you (`by` is a participant): turn the microphone, the
 * camera or the screen off where `action` says so.
 * @typedef {object} Moderated
 * @property {"moderated"} type
 * @property {ModerateAction} action
 * @property {string} by
 */

/**
 * Somebody without a grant asks to share their screen; to those who lead the room.
 * @typedef {object} ShareWanted
 * @property {"share-wanted"} type
 * @property {string} participant
 */

/**
 * This line was taken back.
 * @typedef {object} ChatRemoved
 * @property {"chat-removed"} type
 * @property {string} id
 */

/**
 * A poll as its reader may see it. `mine` are the numbers of the answers they chose; `counts` is
 * None until the results are shown, but for mentors. A `removed` one is to be forgotten.
 * @typedef {object} PollView
 * @property {string} id
 * @property {string} question
 * @property {string[]} answers
 * @property {boolean} many
 * @property {string} asked_at
 * @property {string|null} [closed_at]
 * @property {string|null} [shown_at]
 * @property {number[]} [mine]
 * @property {number[]|null} [counts]
 * @property {number} [votes]
 * @property {boolean} [removed]
 */

/**
 * A mentor's word: `ask` has the question and the answers, the others name a poll.
 * @typedef {object} PollSend
 * @property {"poll"} type
 * @property {PollAction} action
 * @property {string|null} [poll]
 * @property {string|null} [question]
 * @property {string[]} [answers]
 * @property {boolean} [many]
 */

/**
 * @typedef {object} PollSaid
 * @property {"poll"} type
 * @property {PollView} poll
 */

/**
 * Take the numbers of the answers as mine, in place of those before; none takes the vote back.
 * @typedef {object} PollVoteSend
 * @property {"poll-vote"} type
 * @property {string} poll
 * @property {number[]} chosen
 */

/**
 * `seconds` from now; 0 stops it.
 * @typedef {object} TimerSend
 * @property {"timer"} type
 * @property {number} seconds
 * @property {string} [label]
 */

/**
 * @typedef {object} TimerView
 * @property {string|null} [ends_at]
 * @property {string} [label]
 */

/**
 * `now` is the server's clock, by which everybody counts.
 * @typedef {object} TimerSaid
 * @property {string|null} [ends_at]
 * @property {string} [label]
 * @property {"timer"} type
 * @property {string} now
 */

/**
 * A paragraph; `place` orders them as text. `by` is who wrote last, by name.
 * @typedef {object} NoteView
 * @property {string} id
 * @property {string} place
 * @property {string} text
 * @property {number} version
 * @property {string} by
 * @property {boolean} [removed]
 */

/**
 * `version` is the one that was changed, 0 for a new paragraph, which stands `after` another, at the
 * `"top"`, or last. A removed paragraph comes back with `put`.
 * @typedef {object} NoteSend
 * @property {"note"} type
 * @property {NoteOp} op
 * @property {string} id
 * @property {string} [text]
 * @property {"top"|string|null} [after]
 * @property {number} [version]
 */

/**
 * @typedef {object} NoteSaid
 * @property {string} id
 * @property {string} place
 * @property {string} text
 * @property {number} version
 * @property {string} by
 * @property {boolean} [removed]
 * @property {"note"} type
 */

/**
 * `points` are x and y in turn; one point is a dot.
 * @typedef {object} PenItem
 * @property {Colour} [colour]
 * @property {Width} [width]
 * @property {"pen"} [kind]
 * @property {number[]} points
 */

/**
 * @typedef {object} LineItem
 * @property {Colour} [colour]
 * @property {Width} [width]
 * @property {"line"|"arrow"} kind
 * @property {number} x1
 * @property {number} y1
 * @property {number} x2
 * @property {number} y2
 */

/**
 * By two opposite corners of the rectangle, or of the one that the ellipse fills.
 * @typedef {object} ShapeItem
 * @property {Colour} [colour]
 * @property {Width} [width]
 * @property {"rectangle"|"ellipse"} kind
 * @property {number} x1
 * @property {number} y1
 * @property {number} x2
 * @property {number} y2
 */

/**
 * `x`, `y`: where the first line begins, at its top.
 * @typedef {object} TextItem
 * @property {"text"} [kind]
 * @property {number} x
 * @property {number} y
 * @property {string} text
 * @property {Size} [size]
 * @property {Colour} [colour]
 */

/**
 * `by` is the participant who drew it.
 * @typedef {object} BoardEntry
 * @property {string} id
 * @property {string} by
 * @property {PenItem|LineItem|ShapeItem|TextItem} item
 */

/**
 * `add` with the id of one's own item changes that one. `restore` brings one's own removed item back;
 * without an id, what was removed last (mentors).
 * @typedef {object} WhiteboardSend
 * @property {"whiteboard"} type
 * @property {BoardOp} op
 * @property {string|null} [id]
 * @property {PenItem|LineItem|ShapeItem|TextItem|null} [item]
 */

/**
 * `by` is who did it, `owner` who drew the item.
 * @typedef {object} WhiteboardSaid
 * @property {"whiteboard"} type
 * @property {BoardOp} op
 * @property {string} by
 * @property {string|null} [id]
 * @property {string|null} [owner]
 * @property {PenItem|LineItem|ShapeItem|TextItem|null} [item]
 */

/**
 * Everything on the whiteboard, oldest first.
 * @typedef {object} BoardSaid
 * @property {"board"} type
 * @property {BoardEntry[]} items
 */

/**
 * @typedef {object} ObjectiveSend
 * @property {"objective"} type
 * @property {number} index
 * @property {boolean} reached
 */

/**
 * @typedef {object} ObjectiveSaid
 * @property {"objective"} type
 * @property {number} index
 * @property {boolean} reached
 */

/**
 * @typedef {object} ObjectiveView
 * @property {string} text
 * @property {boolean} reached
 */

/**
 * @typedef {object} WrapUpView
 * @property {string} [takeaways]
 * @property {string} [homework]
 */

/**
 * @typedef {object} WrapUpSend
 * @property {"wrapup"} type
 * @property {string} takeaways
 * @property {string} homework
 */

/**
 * @typedef {object} WrapUpSaid
 * @property {string} [takeaways]
 * @property {string} [homework]
 * @property {"wrapup"} type
 */

/**
 * All that the lesson is taught with, but for the whiteboard; it replaces what was known.
 * @typedef {object} LessonSaid
 * @property {"lesson"} type
 * @property {string} now
 * @property {PollView[]} polls
 * @property {TimerView} timer
 * @property {NoteView[]} notes
 * @property {ObjectiveView[]} objectives
 * @property {WrapUpView} wrapup
 */

/**
 * What somebody says, as their browser writes it down; the `final` words of a sentence are kept.
 * @typedef {object} CaptionSend
 * @property {"caption"} type
 * @property {string} text
 * @property {boolean} [final]
 * @property {string} [language]
 */

/**
 * @typedef {object} CaptionSaid
 * @property {"caption"} type
 * @property {string} participant
 * @property {string} text
 * @property {boolean} final
 * @property {string} language
 */

/**
 * How much one person took part so far. Times in milliseconds, by the media node (`talk_ms`) and the
 * server; the others are counts.
 * @typedef {object} PersonsPart
 * @property {string} participant
 * @property {number} [talk_ms]
 * @property {number} [present_ms]
 * @property {number} [hands]
 * @property {number} [lines]
 * @property {number} [votes]
 * @property {number} [reactions]
 */

/**
 * How the lesson goes: everybody's part to mentor and co-hosts, to all others their own alone. `lost`
 * counts how often somebody was lost, theirs alone likewise.
 * @typedef {object} Pulse
 * @property {"pulse"} type
 * @property {PersonsPart[]} people
 * @property {number} [lost]
 */

/**
 * What to try: `node` is the media node that the session's room has or would get now.
 * @typedef {object} CheckBegun
 * @property {"check"} type
 * @property {string} node
 * @property {Record<string, any>[]} ice_servers
 * @property {number} [seconds]
 */

/** @typedef {Offer|Answer|IceCandidate|Ping|ChatSend|MediaSend|Subscribe|HandSend|RecordingSend|ReactionSend|LostMeSend|MomentSend|TypingSend|ShareSend|ChatRemove|Moderate|PollSend|PollVoteSend|TimerSend|NoteSend|WhiteboardSend|ObjectiveSend|WrapUpSend|CaptionSend} ClientMessage */

/** @typedef {Offer|Answer|IceCandidate|Pong|ChatLine|Joined|ParticipantJoined|ParticipantUpdated|ParticipantLeft|Recording|Speaking|QualityReport|Reset|Ended|Error|Reaction|LostMe|Moment|Typing|Room|Waiting|Knock|Removed|Moderated|ShareWanted|ChatRemoved|LessonSaid|BoardSaid|PollSaid|TimerSaid|NoteSaid|WhiteboardSaid|ObjectiveSaid|WrapUpSaid|CaptionSaid|Pulse|CheckBegun} ServerMessage */
