"""PNG files of at most 256 colours: pages are flat, and so a picture of one takes a third of the room."""

from __future__ import annotations

import base64
import struct
import zlib
from collections import Counter
from collections.abc import Mapping

from playwright.sync_api import Page

COLOURS = 256
SIGNATURE = b"\x89PNG\r\n\x1a\n"
BY_INDEX = 3
Colour = tuple[int, int, int]
PIXELS = """async (png) => {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
  const url = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(new Blob([data]));
  });
  return { width: bitmap.width, pixels: url.slice(url.indexOf(",") + 1) };
}"""


def make_small(png: bytes, *, blank: Page) -> bytes:
    """Return the picture with 256 of its colours, each other one as the nearest of these.

    `blank` is a page without a policy, in which the browser decodes the picture.
    """
    read = blank.evaluate(PIXELS, base64.b64encode(png).decode())
    pixels = memoryview(base64.b64decode(read["pixels"])).cast("I")
    counts = Counter(pixels)
    colours = choose({rgb(pixel): count for pixel, count in counts.items()})
    table = {pixel: nearest(rgb(pixel), colours) for pixel in counts}
    places = bytes(map(table.__getitem__, pixels))
    return encode(places, width=read["width"], colours=colours)


def rgb(pixel: int) -> Colour:
    """Red, green and blue of a little-endian RGBA pixel."""
    return pixel & 0xFF, pixel >> 8 & 0xFF, pixel >> 16 & 0xFF


def choose(counts: Mapping[Colour, int]) -> list[Colour]:
    """The most frequent colour, then again and again the one whose pixels are furthest off altogether.

    By frequency alone the greys of letters crowd out a red word that stands there once.
    """
    chosen = [max(counts, key=lambda colour: counts[colour])]
    away = {colour: distance(colour, chosen[0]) for colour in counts}
    while len(chosen) < COLOURS:
        worst = max(away, key=lambda colour: away[colour] * counts[colour])
        if not away[worst]:
            break
        chosen.append(worst)
        away = {colour: min(far, distance(colour, worst)) for colour, far in away.items()}
    return chosen


def distance(one: Colour, other: Colour) -> int:
    """How far apart two colours are, squared."""
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def nearest(colour: Colour, colours: list[Colour]) -> int:
    """The place of the colour that differs least."""
    red, green, blue = colour
    return min(
        range(len(colours)),
        key=lambda at: (
            (colours[at][0] - red) ** 2
            + (colours[at][1] - green) ** 2
            + (colours[at][2] - blue) ** 2
        ),
    )


def encode(places: bytes, *, width: int, colours: list[Colour]) -> bytes:
    """Return an indexed PNG (W3C PNG, colour type 3), each line unfiltered."""
    lines = range(0, len(places), width)
    body = b"".join(b"\0" + places[start : start + width] for start in lines)
    header = struct.pack(">IIBBBBB", width, len(lines), 8, BY_INDEX, 0, 0, 0)
    return SIGNATURE + b"".join(
        (
            chunk(b"IHDR", header),
            chunk(b"PLTE", bytes(part for colour in colours for part in colour)),
            chunk(b"IDAT", zlib.compress(body, 9)),
            chunk(b"IEND", b""),
        )
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
