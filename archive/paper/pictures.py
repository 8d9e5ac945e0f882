"""A stored picture as PDF has it: JPEG and PNG as they are, bit by bit; anything else as plain pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from pydyf import Array, Dictionary, Object, Stream

from archive.errors import Damaged, WenkuError
from archive.originals import Originals

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RESOLUTIONS = range(100, 1201)
"""Dots an inch that a scan may have; what a file says beyond is no measure of paper."""


_ORIENTATION = 0x0112
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientations that no mirror is needed for: degrees clockwise that make the picture upright."""


class Measure(NamedTuple):
    """A picture's size in pixels as it is stored; `dpi` is 0 if it does not tell.

    `turned`: degrees it must be turned clockwise to be upright. `plain`: it is a single picture that looks the same as
    PDF has it: no mirrored one, no print colours, no depth beyond eight bits.
    """

    width: int
    height: int
    dpi: float
    turned: int = 0
    plain: bool = False


def measure(path: Path) -> Measure | None:
    """What a stored picture says of itself; None if it is there no more or is no picture."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            dpi = float(image.info.get("dpi", (0, 0))[0])
            turned = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
            alone = getattr(image, "n_frames", 1) == 1
            plain = alone and turned is not None and image.mode in ("1", "L", "P", "RGB")
            return Measure(*image.size, dpi if round(dpi) in _RESOLUTIONS else 0.0, turned or 0, plain)
    except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError):
        return None


class Picture(Object):  # type: ignore[misc]
    """An image object that reads its picture when it is written, and forgets it again.

    Args:
        originals: where it is.
        sha256: which it is.
        failed: is told why, if it cannot be read; an empty white picture stands in its place.
    """

    def __init__(self, originals: Originals, sha256: str, failed: list[WenkuError]) -> None:
        super().__init__()
        self._originals = originals
        self._sha256 = sha256
        self._failed = failed

    @property
    def data(self) -> bytes:
        """The image stream."""
        try:
            stream = _stream(self._originals.get(self._sha256), self._sha256)
        except WenkuError as error:
            self._failed.append(error)
            stream = _image(1, 1, "/DeviceGray", 8, b"\xff")
        return bytes(stream.data)


def _stream(data: bytes, where: str) -> Stream:
    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as image:
            if image.format == "JPEG" and image.mode in ("L", "RGB"):
                space = "/DeviceGray" if image.mode == "L" else "/DeviceRGB"
                return _image(image.width, image.height, space, 8, data, {"Filter": "/DCTDecode"})
            return (_png(data) if data.startswith(_SIGNATURE) else None) or _pixels(image)
    except (OSError, ValueError, SyntaxError, struct.error, zlib.error, Image.DecompressionBombError) as error:
        raise Damaged("书影打不开。", where=where, remedy="请从备份恢复该文件，或重新收书。") from error


def _png(data: bytes) -> Stream | None:
    """A PNG's own compressed rows, which PDF reads as they are; None where it has transparency or is interlaced."""
    chunks = list(_chunks(data))
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if interlaced or colour not in (0, 2, 3) or any(name == b"tRNS" for name, _ in chunks):
        return None
    rows = b"".join(body for name, body in chunks if name == b"IDAT")
    space: Any = {0: "/DeviceGray", 2: "/DeviceRGB", 3: ""}[colour]
    if colour == 3:
        palette = next(body for name, body in chunks if name == b"PLTE")
        space = Array(["/Indexed", "/DeviceRGB", len(palette) // 3 - 1, f"<{palette.hex()}>"])
    parameters = {"Predictor": 15, "Colors": 3 if colour == 2 else 1, "BitsPerComponent": depth, "Columns": width}
    return _image(width, height, space, depth, rows,
                  {"Filter": "/FlateDecode", "DecodeParms": Dictionary(parameters)})  # fmt: skip


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12


def _pixels(image: Any) -> Stream:
    from PIL import Image

    if image.mode == "1":
        return _image(
            image.width, image.height, "/DeviceGray", 1, zlib.compress(image.tobytes()), {"Filter": "/FlateDecode"}
        )
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        image = Image.new("RGB", image.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    grey = image.mode in ("L", "I;16", "I", "F")
    plain = image.convert("L" if grey else "RGB")
    space = "/DeviceGray" if grey else "/DeviceRGB"
    return _image(plain.width, plain.height, space, 8, zlib.compress(plain.tobytes()), {"Filter": "/FlateDecode"})


def _image(width: int, height: int, space: Any, depth: int, data: bytes, more: dict[str, Any] | None = None) -> Stream:
    facts = {
        "Type": "/XObject",
        "Subtype": "/Image",
        "Width": width,
        "Height": height,
        "ColorSpace": space,
        "BitsPerComponent": depth,
    }
    return Stream([data], {**facts, **(more or {})})
