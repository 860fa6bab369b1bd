"""Who serves a model, in the names that LangChain (`ls_provider`) and LangSmith (`gen_ai.system`) have for it."""

from __future__ import annotations

from deliberation.events.fields import clean

PROVIDERS = {
    "amazon_bedrock": "aws.bedrock",
    "az.ai.inference": "azure.ai.inference",
    "az.ai.openai": "azure.ai.openai",
    "azure": "azure.ai.openai",
    "azure_openai": "azure.ai.openai",
    "gemini": "gcp.gemini",
    "google_genai": "gcp.gemini",
    "google_vertexai": "gcp.vertex_ai",
    "ibm": "ibm.watsonx.ai",
    "mistral": "mistral_ai",
    "mistralai": "mistral_ai",
    "together": "together_ai",
    "vertex_ai": "gcp.vertex_ai",
    "xai": "x_ai",
}
"""Their name → OpenTelemetry's; others are the same."""

FRAMEWORK = "langchain"
"""LangSmith's word for a provider that it does not know."""


def provider_of(named: object) -> str | None:
    """Return OpenTelemetry's name of a provider, or None where none is named."""
    if not isinstance(named, str) or not named or named == FRAMEWORK:
        return None
    return PROVIDERS.get(named.lower(), clean(named))
