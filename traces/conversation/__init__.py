"""One message model, and the shapes of providers and frameworks that are read into it. Pure; no framework.

    {"role": "user", "parts": [{"type": "text", "content": "…"}]}

Part types: `text`, `reasoning`, `refusal` {content} · `tool_call` {id, name, arguments} ·
`tool_result` {id, result} · `image`, `file` {url or content, mime_type}. Arguments are an object or, as
many clients send them, its text. Members and part types that are not listed stay as they came.
"""

from traces.conversation.messages import Message, message_of
from traces.conversation.parts import Part, is_part, part_of
from traces.conversation.shapes import messages_of

__all__ = ["Message", "Part", "is_part", "message_of", "messages_of", "part_of"]
