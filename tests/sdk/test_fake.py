"""The fake answers as the real one does, as far as it goes."""

from __future__ import annotations

import gzip
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

import deliberation as dl
from deliberation import fake

RUN = "01900000-0000-7000-8000-000000000000"


def post(server, *lines, key=None, **headers):
    body = b"\n".join(json.dumps(line).encode() for line in lines)
    headers["Authorization"] = f"Bearer {key or server.key}"
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.compress(body)
    with urlopen(Request(f"{server.url}/v1/events", body, headers)) as answer:
        return json.load(answer)


def node(key="k"):
    return {"kind": "node.started", "run": RUN, "key": key, "node": "n"}


def test_it_works(tmp_path):
    with fake.server() as server:
        dl.configure(url=server.url, key=server.key, spool=False)
        with dl.run("6 * 7", strategy="best_of_n") as run:
            run.node("sample").candidate(answer="42")
        assert dl.flush()
        assert [event.KIND for event in server.events] == [
            "run.started",
            "node.started",
            "candidate.proposed",
            "run.ended",
        ]
        assert dl.stats().accepted == 4
        dl.configure(url=server.url, key=server.key, spool=tmp_path)


def test_a_line_that_is_no_event_does_not_cost_the_others(server):
    answer = post(server, node(), {"kind": "node.melted"}, node("k2"))
    assert answer["accepted"] == 2
    assert [each["line"] for each in answer["rejected"]] == [2]


def test_the_same_key_twice_is_one_event(server):
    post(server, node())
    post(server, node(), **{"Content-Encoding": "gzip"})
    assert len(server.events) == 1
    assert server.repeated == 1


def test_an_unknown_key_is_refused(server):
    with pytest.raises(HTTPError, match="401") as caught:
        post(server, node(), key="another")
    caught.value.close()
    assert not server.events
