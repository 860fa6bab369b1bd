"""Where the shapes were before they were read by pages too."""

from traces.conversation import messages_of

__all__ = ["messages_of"]
