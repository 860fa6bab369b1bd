"""The ASGI application: people's lane, those of machines and of files, and live pages' sockets."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

django.setup(set_prefix=False)

# After Django is set up: these read its settings and models.
from inspector.lanes import MachineHandler, choose_lane
from inspector.people import PeopleHandler
from inspector.pieces import bring_pieces, share_pieces
from inspector.statics import StaticHandler
from traces.consumers import open_sockets

people = PeopleHandler()
application = ProtocolTypeRouter(
    {
        "http": choose_lane(MachineHandler(), StaticHandler(), share_pieces(people)),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(open_sockets(bring_pieces(people))))
        ),
    }
)
