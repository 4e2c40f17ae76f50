/**
 * The room socket's messages, protocol 1.
 *
 * Written by scripts/messages_js from media/protocol/browser.py: change its modules, then run the script.
 */

export const PROTOCOL = 1;
export const CHAT_LIMIT = 4000;
export const CHAT_HISTORY = 100;
export const SDP_LIMIT = 200000;
export const FRAME_LIMIT = 524288;

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
/** @typedef {"your_network"|"their_network"|"hidden"|"paused"|"waiting"} QualityReason */
/** @typedef {"q"|"h"|"f"|"none"} LayerName */

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
 * @typedef {object} Participant
 * @property {string} id
 * @property {string} name
 * @property {Role} role
 * @property {MediaState} [media]
 * @property {boolean} [hand]
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
 * @typedef {object} ChatSend
 * @property {"chat"} type
 * @property {string} text
 * @property {string|null} [to]
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
 * A person's consent, or the mentor's action.
 * @typedef {object} RecordingSend
 * @property {"recording"} type
 * @property {boolean|null} [consent]
 * @property {"pause"|"resume"|"stop"|null} [action]
 */

/**
 * @typedef {object} RoomState
 * @property {boolean} live
 * @property {RecordingState} recording
 * @property {boolean} [locked]
 */

/**
 * One line of chat. `seq` counts up within a room; `at` is an RFC 3339 instant in UTC.
 * @typedef {object} ChatLine
 * @property {"chat"} type
 * @property {string} id
 * @property {number} seq
 * @property {string} from
 * @property {string} name
 * @property {string} text
 * @property {string} at
 * @property {string|null} [to]
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
 * What the recording light shows, and whether the lesson is live; said when either changes.
 * @typedef {object} Recording
 * @property {"recording"} type
 * @property {RecordingState} state
 * @property {boolean} live
 * @property {string|null} [started_at]
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

/** @typedef {Offer|Answer|IceCandidate|Ping|ChatSend|MediaSend|Subscribe|HandSend|RecordingSend} ClientMessage */

/** @typedef {Offer|Answer|IceCandidate|Pong|ChatLine|Joined|ParticipantJoined|ParticipantUpdated|ParticipantLeft|Recording|Speaking|QualityReport|Reset|Ended|Error} ServerMessage */
