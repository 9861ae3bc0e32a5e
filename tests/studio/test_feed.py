"""Events reach every reader in order, whenever it comes."""

from __future__ import annotations

import asyncio
import threading

from melodyrnn.studio.feed import Feed


async def read(feed: Feed, first: int = 0) -> str:
    return b"".join([part async for part in feed.follow(first)]).decode()


def numbers(text: str) -> list[int]:
    return [int(line.removeprefix("id: ")) for line in text.splitlines() if line.startswith("id: ")]


def test_an_event_is_written_as_the_standard_says() -> None:
    feed = Feed()
    feed.send("piece", {"name": "a\nb"}, last=True)
    assert asyncio.run(read(feed)) == 'id: 0\nevent: piece\ndata: {"name":"a\\nb"}\n\n'


def test_readers_get_all_events_in_order_while_another_thread_sends() -> None:
    feed = Feed()

    def send() -> None:
        for number in range(500):
            feed.send("note", number, last=number == 499)

    async def readers() -> list[str]:
        reading = [asyncio.create_task(read(feed)) for _ in range(5)]
        await asyncio.sleep(0)  # they wait now
        threading.Thread(target=send).start()
        return await asyncio.gather(*reading)

    found = asyncio.run(readers())
    assert [numbers(text) for text in found] == [list(range(500))] * 5


def test_a_reader_may_begin_later_and_old_events_may_be_gone() -> None:
    feed = Feed(keep=3)
    for number in range(5):
        feed.send("note", number)
    feed.close()
    assert numbers(asyncio.run(read(feed))) == [2, 3, 4]
    assert numbers(asyncio.run(read(feed, 4))) == [4]
    assert numbers(asyncio.run(read(feed, 5))) == []


def test_nothing_follows_the_last_event() -> None:
    feed = Feed()
    feed.send("done", {}, last=True)
    feed.send("note", 1)
    assert numbers(asyncio.run(read(feed))) == [0]


def test_an_answer_without_content_ends_a_browser_that_connects_again() -> None:
    feed = Feed()
    feed.send("note", 1)
    assert feed.answer(1).status == 200  # more may come
    feed.send("done", {}, last=True)
    assert feed.answer(1).status == 200
    assert (feed.answer(2).status, feed.answer(2).stream) == (204, None)


def test_a_reader_that_leaves_is_forgotten() -> None:
    feed = Feed()

    async def leave() -> None:
        reading = asyncio.create_task(read(feed))
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

    asyncio.run(leave())
    feed.send("note", 1)  # to no loop that has ended
    feed.close()
    assert numbers(asyncio.run(read(feed))) == [0]
