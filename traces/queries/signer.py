"""Whom the house asks for signatures, and what is known of them when nobody answers."""

from __future__ import annotations

from django.conf import settings

from traces.audit.instance_kinds import InstanceKind
from traces.models import InstanceEntry, InstanceLog
from traces.signer.ask import SignerAt


def the_signer() -> SignerAt:
    """Return how to ask the signer of this installation."""
    return SignerAt(settings.SIGNER_SOCKET)


def instance_name() -> str | None:
    """Return the name that this installation signs under, as the signer last said it; None before it ever did."""
    return InstanceLog.objects.values_list("name", flat=True).first()


def public_keys() -> list[str]:
    """Return the public halves of all keys that ever signed here, oldest first, as C2SP writes them."""
    kind = InstanceKind.KEY_ADDED.kind
    keys = InstanceEntry.objects.filter(kind=kind).order_by("seq").values_list("key", flat=True)
    return [key.removeprefix(f"{kind}:") for key in keys]
