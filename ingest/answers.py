"""What the door answers, in the encoding that the sender used.

OTLP/HTTP (specification 1.x, "OTLP/HTTP Response"): 200 with an Export…ServiceResponse, otherwise a
`google.rpc.Status` with a sentence; retry only on 429, 502, 503, 504. Native: JSON and `application/problem+json`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ingest.models import Signal
from traces.api.problems import problem

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
REJECTED_FIELDS = {  # in protobuf, in JSON
    Signal.TRACES: ("rejected_spans", "rejectedSpans"),
    Signal.LOGS: ("rejected_log_records", "rejectedLogRecords"),
    Signal.METRICS: ("rejected_data_points", "rejectedDataPoints"),
}
RESPONSES: dict[Signal, Any] = {
    Signal.TRACES: ExportTraceServiceResponse,
    Signal.LOGS: ExportLogsServiceResponse,
    Signal.METRICS: ExportMetricsServiceResponse,
}
GRPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 413: 8, 415: 3, 429: 8, 500: 13, 503: 14}


def accept(signal: Signal, media: str, rejected: int, reason: str) -> HttpResponse:
    """Return 200 for an OTLP body, with the records that were left out, if any."""
    protobuf_field, json_field = REJECTED_FIELDS[signal]
    if media == "json":
        partial = {json_field: str(rejected), "errorMessage": reason} if rejected else {}
        return HttpResponse(orjson.dumps({"partialSuccess": partial}), content_type=JSON)
    response = RESPONSES[signal]()
    if rejected:
        setattr(response.partial_success, protobuf_field, rejected)
        response.partial_success.error_message = reason
    return HttpResponse(response.SerializeToString(), content_type=PROTOBUF)


def refuse(
    status: int, sentence: str, *, content_type: str | None, retry_after: int | None = None
) -> HttpResponse:
    """Return an error in the sender's own encoding."""
    if content_type == PROTOBUF:
        body = Status(code=GRPC_CODES.get(status, 2), message=sentence).SerializeToString()
        response = HttpResponse(body, content_type=PROTOBUF, status=status)
    elif content_type == JSON:
        body = orjson.dumps({"code": GRPC_CODES.get(status, 2), "message": sentence})
        response = HttpResponse(body, content_type=JSON, status=status)
    else:
        response = problem(status, sentence)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response
