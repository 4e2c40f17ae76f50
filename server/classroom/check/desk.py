"""The technical checks that go on in this process: who may begin one, at which node, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import WSCloseCode

from media.protocol.codec import Message
from media.protocol.messages import Close, Error
from server.accounts.service import Ended
from server.classroom.check.trial import Trial
from server.classroom.entry import Refused
from server.classroom.link import NodeLink
from server.edge.wire import Wire

AT_ONE_NODE = 20  # a check is two peers with a picture: so many leave a node to its lessons
BUSY = Error(
    code="media_full",
    message="Many people check at this media server just now. Try again in a minute.",
)
GONE = Error(code="media_unavailable", message="No media server can be reached just now. Try again soon.")


class Checks:
    """Checks by the names of their rooms. A person has one: the next one ends it."""

    def __init__(self) -> None:
        self._trials: dict[str, Trial] = {}

    @property
    def open(self) -> Mapping[str, Trial]:
        return self._trials

    def begin(self, link: NodeLink, user_id: int, login_id: int, wire: Wire) -> Trial:
        """A room at `link`. Raises Refused."""
        for trial in [one for one in self._trials.values() if one.user_id == user_id]:
            self._put_out(trial, Close.REPLACED)
        if sum(one.link is link for one in self._trials.values()) >= AT_ONE_NODE:
            raise Refused(WSCloseCode.TRY_AGAIN_LATER, BUSY)
        trial = Trial(link, user_id, login_id, wire)
        self._trials[trial.room] = trial
        trial.begin()
        return trial

    def end(self, trial: Trial) -> None:
        if self._trials.pop(trial.room, None) is not None:
            trial.end()

    def put_out(self, ended: Ended) -> None:
        """Logins ended: so do the checks of who came in by them."""
        for trial in tuple(self._trials.values()):
            if ended.concerns(trial.user_id, trial.login_id):
                self._put_out(trial, ended.code)

    def close_sockets(self, code: int) -> None:
        """The process ends."""
        for trial in self._trials.values():
            trial.wire.close(code)

    def hear(self, room: str, message: Message) -> None:
        """A node says something of a room that is no lesson's; of a check that is over nobody cares."""
        trial = self._trials.get(room)
        if trial is not None:
            trial.hear(message)

    def node_lost(self, link: NodeLink) -> None:
        """The node died, or was started anew: it does not know our peers any more."""
        for trial in tuple(self._trials.values()):
            if trial.link is link and trial.epoch != link.epoch:
                trial.say_plainly(GONE)
                self._put_out(trial, WSCloseCode.TRY_AGAIN_LATER)

    def _put_out(self, trial: Trial, code: int) -> None:
        trial.wire.close(code)
        self.end(trial)
