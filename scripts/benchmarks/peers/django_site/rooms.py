"""The chat room of the Channels tutorial: a group for each room. It asks nobody who they are and keeps
nothing, which ours does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from channels.generic.websocket import AsyncJsonWebsocketConsumer


class RoomConsumer(AsyncJsonWebsocketConsumer):
    """One socket. A line carries what ours does, so that frames have one size."""

    async def connect(self) -> None:
        self.group = f"room_{self.scope['url_route']['kwargs']['room']}"
        self.id = str(uuid4())
        self.seq = 0
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.send_json({"type": "joined"})

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        self.seq += 1
        line = {
            "type": "chat",
            "id": str(uuid4()),
            "seq": self.seq,
            "from": self.id,
            "name": "Somebody",
            "text": content["text"],
            "at": datetime.now(UTC).isoformat(),
        }
        await self.channel_layer.group_send(self.group, {"type": "room.line", "line": line})

    async def room_line(self, event: dict[str, Any]) -> None:
        await self.send_json(event["line"])
