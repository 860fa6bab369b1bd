"""The ASGI application: people's lane, machines' lane, and live pages' sockets."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

people = get_asgi_application()

# After Django is set up: these read its settings and models.
from inspector.lanes import MachineHandler, choose_lane
from inspector.pieces import bring_pieces, share_pieces
from traces.consumers import open_sockets

application = ProtocolTypeRouter(
    {
        "http": choose_lane(MachineHandler(), share_pieces(people)),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(open_sockets(bring_pieces(people))))
        ),
    }
)
