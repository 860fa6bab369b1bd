"""What a socket brings its page beside pokes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from traces.live import feed
from traces.live.feed import NOTHING, Brought, Feed
from traces.live.wanted import Wanted

HEADER = "/runs/r/header"


@dataclass
class Site:
    """Answers what a page would get; notes what it was asked, as of which entry."""

    answers: Callable[[str], bytes | None] = lambda address: b"<p>" + address.encode()
    asked: list[tuple[str, int]] = field(default_factory=list)
    sent: list[Brought] = field(default_factory=list)
    gate: asyncio.Event | None = None
    now: float = 100.9

    async def bring(self, address: str, told: int) -> bytes | None:
        self.asked.append((address, told))
        if self.gate is not None:
            await self.gate.wait()
        return self.answers(address)

    async def send(self, brought: Brought) -> None:
        self.sent.append(brought)

    def feed(self) -> Feed:
        return Feed(run="r", bring=self.bring, send=self.send, now=lambda: self.now)


def wants(after: int | None, *pieces: str) -> Wanted:
    return Wanted(after=after, pieces=pieces)


def bones(after: int, until: int) -> str:
    return f"/runs/r/tree/growth?after={after}&until={until}"


async def settle() -> None:
    """Until what comes by itself has come: the clock of these tests stands a tenth of a second before a tick.

    Twice, for a machine that stands still may lose one of the two waits.
    """
    for _ in range(2):
        await asyncio.sleep(0.15)


async def test_it_works() -> None:
    site = Site()
    mine = site.feed()
    mine.want(wants(3, HEADER))
    assert await mine.tell(5, is_news=True) == Brought(bones=f"<p>{bones(3, 5)}")
    await settle()
    assert site.sent == [Brought(pieces={HEADER: f"<p>{HEADER}"})]
    assert sorted(site.asked) == [(HEADER, 5), (bones(3, 5), 5)]


async def test_a_page_that_has_said_nothing_is_poked_and_no_more() -> None:
    site = Site()
    assert await site.feed().tell(5, is_news=True) == NOTHING
    assert site.asked == []


async def test_nothing_more_is_sent_until_the_page_has_taken_what_it_was_sent() -> None:
    site = Site()
    mine = site.feed()
    mine.want(wants(3))
    await mine.tell(5, is_news=True)
    assert (await mine.tell(6, is_news=True)).bones is None
    mine.want(wants(5))
    await settle()
    assert site.sent == [Brought(bones=f"<p>{bones(5, 6)}")], "the run has grown meanwhile"
    mine.want(wants(6))
    await settle()
    assert len(site.sent) == 1


async def test_what_is_on_its_way_is_not_asked_for_again() -> None:
    site = Site(gate=asyncio.Event())
    mine = site.feed()
    mine.want(wants(3))
    telling = asyncio.ensure_future(mine.tell(5, is_news=True))
    await asyncio.sleep(0)
    mine.want(wants(3))
    await settle()
    assert site.gate is not None
    site.gate.set()
    assert (await telling).bones is not None
    assert len(site.asked) == 1


async def test_news_that_crossed_the_words_of_the_page_is_brought_too() -> None:
    site = Site()
    mine = site.feed()
    await mine.tell(5, is_news=True)
    mine.want(wants(None, HEADER))
    await settle()
    assert site.sent == [Brought(pieces={HEADER: f"<p>{HEADER}"})]
    mine.want(wants(None, HEADER))
    await settle()
    assert len(site.sent) == 1, "once is enough"


async def test_a_beat_brings_nothing() -> None:
    site = Site()
    mine = site.feed()
    mine.want(wants(3, HEADER))
    assert await mine.tell(-1, is_news=False) == NOTHING
    assert site.asked == []


async def test_a_piece_that_looks_as_it_did_is_not_sent_again() -> None:
    site = Site()
    mine = site.feed()
    mine.want(wants(None, HEADER))
    await mine.tell(5, is_news=True)
    await settle()
    site.now = 101.9
    await mine.tell(6, is_news=True)
    await settle()
    assert site.sent[-1] == Brought(pieces={HEADER: None})


async def test_pieces_that_come_too_soon_are_sent_at_the_next_second() -> None:
    site = Site()
    mine = site.feed()
    mine.want(wants(None, HEADER))
    await mine.tell(5, is_news=True)
    await asyncio.sleep(0.02)
    await mine.tell(6, is_news=True)
    await mine.tell(7, is_news=True)
    assert site.asked == [(HEADER, 5)]
    await settle()
    assert site.asked == [(HEADER, 5), (HEADER, 7)]


async def test_news_that_comes_while_a_piece_is_made_is_not_the_one_that_is_missed() -> None:
    site = Site(gate=asyncio.Event())
    mine = site.feed()
    mine.want(wants(None, HEADER))
    await mine.tell(5, is_news=True)
    await asyncio.sleep(0.02)
    await mine.tell(6, is_news=True)
    assert site.gate is not None
    site.gate.set()
    await settle()
    assert site.asked == [(HEADER, 5), (HEADER, 6)]
    await settle()
    assert len(site.asked) == 2


async def test_a_slow_piece_does_not_hold_up_the_tree() -> None:
    site = Site(gate=asyncio.Event())
    mine = site.feed()
    mine.want(wants(None, HEADER))
    assert await asyncio.wait_for(mine.tell(5, is_news=True), 1) == NOTHING
    mine.close()


async def test_what_cannot_be_brought_or_is_too_much_is_left_to_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed, "MOST_BONES", 4)
    site = Site(answers=lambda address: None if address == HEADER else b"12345")
    mine = site.feed()
    mine.want(wants(3, HEADER))
    assert await mine.tell(5, is_news=True) == NOTHING
    await settle()
    assert site.sent == [Brought(pieces={})], "a page counts on pieces until it is told"
    assert not site.sent[0].is_something, "who it is for may have lost the right to see the run"


async def test_a_socket_that_is_gone_is_sent_nothing() -> None:
    site = Site()
    mine = site.feed()
    mine.want(wants(None, HEADER))
    await mine.tell(5, is_news=True)
    await asyncio.sleep(0.02)
    await mine.tell(6, is_news=True)
    mine.close()
    await settle()
    assert len(site.sent) == 1
