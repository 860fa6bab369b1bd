"""Add the processor to the program's tracing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from deliberation.client.default import default_client
from deliberation.control import OnDisconnect

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

logger = logging.getLogger("deliberation")


def instrument(
    provider: TracerProvider | None = None,
    *,
    on_disconnect: OnDisconnect | str = OnDisconnect.CONTINUE,
) -> None:
    """Let each trace of this process be paused and stopped, and its spans be seen when they start.

    At the start of every span the program waits while its trace is held, and raises `Stopped` once
    it is to stop. Waiting blocks the thread that starts the span, and with it the event loop that
    runs in it. The server is the one of `dl.configure`, or of the environment; without one nothing
    is done. `provider` is the program's TracerProvider, by default the global one; where there is
    none yet, one is made that sends to the same server. Ended spans are sent by whatever exporter
    the program has. Called twice for one provider, it does nothing the second time.

    A server that is away breaks nothing: `on_disconnect` says whether work goes on. Raises
    ImportError without `opentelemetry-sdk`, ValueError for a word that is no `OnDisconnect`.
    """
    from deliberation.otel.processor import ControlProcessor
    from deliberation.otel.providers import global_provider, is_instrumented, send_to

    client = default_client()
    if not client.enabled:
        logger.warning("Traces cannot be controlled: no INSPECTOR_URL and INSPECTOR_KEY.")
        return
    provider = provider or global_provider(client.settings)
    if not is_instrumented(provider):
        starts = send_to(client.settings)
        policy = OnDisconnect(on_disconnect)
        provider.add_span_processor(ControlProcessor(client, starts, on_disconnect=policy))
