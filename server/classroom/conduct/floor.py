"""Who has the floor for the screen, and who waits for it. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence


class Floor:
    """One shares at a time. Nobody waits while the floor is free."""

    def __init__(self, order: Sequence[str] = ()) -> None:
        """`order` as it was when the room was elsewhere: the sharer, then those who wait."""
        self.sharer: str | None = order[0] if order else None
        self.queue: list[str] = list(order[1:])

    @property
    def order(self) -> list[str]:
        """The sharer, then those who wait."""
        return [] if self.sharer is None else [self.sharer, *self.queue]

    def keep(self, people: Container[str]) -> None:
        """Only of these: whoever did not come back gives it up."""
        for participant in self.order:
            if participant not in people:
                self.give_up(participant)

    def take(self, participant: str) -> bool:
        """Have it, if nobody else has."""
        if self.sharer is None:
            self.sharer = participant
        return self.sharer == participant

    def ask(self, participant: str) -> None:
        """Have it, or wait for it behind those who wait already."""
        if not self.take(participant) and participant not in self.queue:
            self.queue.append(participant)

    def give_up(self, participant: str) -> None:
        """Neither share nor wait any more: the first who waits is next."""
        if participant in self.queue:
            self.queue.remove(participant)
        if self.sharer == participant:
            self.sharer = self.queue.pop(0) if self.queue else None
