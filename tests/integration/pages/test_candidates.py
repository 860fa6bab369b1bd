"""The pages of candidates: bounded, sorted by the address, two side by side, and inert whatever they hold."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import AnswerSelected, CandidateProposed, VerdictGiven
from deliberation.vocabulary import VerdictOutcome
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import People
from traces.models import Candidate, Node

HOSTILE = "\u202e<img src=x onerror=alert(1)><b hx-get=/sign-out hx-trigger=load>\x1b[31m\u200b"
ELEMENTS_AT_MOST = 3_000
TAG = re.compile(r"<[a-z]")


def client_of(people: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(people, name))
    return client


def sampled(people: People, count: int, verifiers: int, answer: str = "4") -> str:
    run = new_run()
    names = [f"judge {n} {HOSTILE}" for n in range(verifiers)]
    put_on_record(
        people.project,
        *(
            make_event(CandidateProposed, run, node=f"s{n}", answer=f"{answer}{n % 3}", weight=0.5)
            for n in range(count)
        ),
        *(
            make_event(VerdictGiven, run, node=f"s{n}", verifier=name, outcome=VerdictOutcome.ACCEPT,
                       score=0.5, rationale=HOSTILE)
            for n in range(count)
            for name in names
        ),
        make_event(AnswerSelected, run, node="s0", rule=HOSTILE, tie_break=HOSTILE),
    )  # fmt: skip
    return run


def ordinals(run: str) -> list[int]:
    found = Candidate.objects.filter(run_id=run).values_list("node_id", flat=True)
    nodes = Node.objects.filter(run_id=run, node_id__in=list(found))
    return list(nodes.order_by("ordinal").values_list("ordinal", flat=True))


def test_it_works(people: People) -> None:
    run = sampled(people, 3, 1)
    bob = client_of(people, "bob")
    first, second, _ = ordinals(run)
    page = bob.get(reverse("run-candidates", args=[run])).text
    assert "3 candidates in 3 clusters" in page
    answer = bob.get(reverse("compare-candidates", args=[run]), {"tick": [str(first), str(second)]})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/candidates/compare?a={first}&b={second}")
    compared = bob.get(answer["Location"]).text
    assert "<del>40</del>" in compared
    assert "<ins>41</ins>" in compared
    assert "They are counted as different answers." in compared


def test_a_thousand_samples_of_ten_verifiers_make_a_small_page(people: People) -> None:
    run = sampled(people, 1_000, 10)
    bob = client_of(people, "bob")
    for name in ("run", "run-candidates"):
        page = bob.get(reverse(name, args=[run])).text
        assert "1,000 candidates" in page
        assert "page 1 of 67" in page
        assert len(TAG.findall(page)) < ELEMENTS_AT_MOST


def test_words_of_others_are_inert_in_every_part(people: People) -> None:
    run = sampled(people, 2, 2, answer=HOSTILE)
    put_on_record(people.project, *(observed(run, f"s{n}", output=HOSTILE * 9) for n in range(2)))
    bob = client_of(people, "bob")
    pair = urlencode(dict(zip("ab", ordinals(run), strict=True)))
    for address in (
        reverse("run-candidates", args=[run]),
        f"{reverse('compare-candidates', args=[run])}?{pair}",
    ):
        page = bob.get(address).text
        assert "⟨U+202E⟩&lt;img src=x onerror=alert(1)&gt;" in page
        assert not {"<img", "<b hx-get", "\u202e", "\u200b", "\x1b"} & set(
            re.findall("<img|<b hx-get|[\u202e\u200b\x1b]", page)
        )


@pytest.mark.parametrize(
    "query",
    [
        "sort=taste",
        "sort=verdict",
        "verifier=tests",
        "sort=verdict&verifier=%00",
        "page=x",
        "page=-1",
        "page=²",
        "page=" + "9" * 40,
        "column=1.5",
    ],
)
def test_what_the_address_cannot_mean_is_refused_with_a_sentence(
    people: People, query: str
) -> None:
    run = sampled(people, 1, 1)
    answer = client_of(people, "bob").get(f"{reverse('run-candidates', args=[run])}?{query}")
    assert answer.status_code == 400
    assert "<h1>Bad request</h1>" in answer.text


@pytest.mark.parametrize("query", ["page=99999", "column=99999", "sort=verdict&verifier=nobody"])
def test_what_lies_beyond_the_end_is_shown_as_far_as_it_goes(people: People, query: str) -> None:
    run = sampled(people, 1, 1)
    answer = client_of(people, "bob").get(f"{reverse('run-candidates', args=[run])}?{query}")
    assert (answer.status_code, "1 candidate in 1 cluster" in answer.text) == (200, True)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("tick=1", 400),
        ("tick=1&tick=2&tick=3", 400),
        ("a=1&b=1", 400),
        ("a=1", 400),
        ("a=x&b=2", 400),
        ("a=99999&b=99998", 404),
        ("", 200),
    ],
)
def test_two_are_compared_and_nothing_else(people: People, query: str, status: int) -> None:
    run = sampled(people, 2, 1)
    address = f"{reverse('compare-candidates', args=[run])}?{query}"
    assert client_of(people, "bob").get(address).status_code == status
    assert client_of(people, "charlie").get(address).status_code == 404
