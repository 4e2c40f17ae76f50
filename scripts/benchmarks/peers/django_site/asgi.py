"""What Daphne serves: pages, and the sockets of rooms."""

from __future__ import annotations

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path
from django_site.rooms import RoomConsumer

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("ws/<str:room>/", RoomConsumer.as_asgi())]),
    }
)
