"""RapidOCR with the two models inside its wheel, PP-OCRv6 small: finds printed lines, reads them, tells each character.

Its detector looks at a picture shrunk to `SIDE`; pieces are then cut from the full picture, so that small type stays
sharp. Its recogniser's output is decoded here rather than by rapidocr, because that keeps for every character its
place, its confidence and the readings that came next. Nothing is ever downloaded: both model files are named by
path, and a file that is not there is an error.
"""

from __future__ import annotations

import logging
import math
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from archive.errors import WenkuError
from ingest.ocr.engines.contract import Sign, Strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ingest.ocr.engines.contract import Corners, Picture

MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
SIDE = 1600
"""Longest side of the picture the detector looks at, in pixels; memory and time grow with its square."""
SHORT = 736
"""Pictures with a shorter side are enlarged for it, unless their longer side then passed `SIDE`."""
SCORE = 0.3
"""Pieces read with less confidence are no text."""
BATCH = 4
"""Pieces read at once: pieces of like length, so that little of a batch is empty."""
HEIGHT = 48
"""Height of a line as the recogniser takes it, in pixels."""
LONGEST = 2400
"""Longest line the recogniser is given, in pixels of that height; a longer one is squeezed."""
ROOM = 96
"""Narrowest picture the recogniser is given."""
LIKELY = 0.01
"""A reading less likely than this is not offered as another."""
BLANK = 0


class RapidOcr:
    """The engine that reads by default; one thread, for a process is run on every processor.

    Raises:
        WenkuError: rapidocr is not installed here, or its wheel lacks a model.
    """

    name = "rapidocr"

    def __init__(self) -> None:
        try:
            import cv2
            from rapidocr.ch_ppocr_det import TextDetector
            from rapidocr.ch_ppocr_rec import TextRecognizer
            from rapidocr.main import DEFAULT_CFG_PATH
            from rapidocr.utils.parse_parameters import ParseParams
        except ImportError as error:
            raise WenkuError(
                f"这台机器上没有装 RapidOCR（{error.name or error}）。",
                remedy="运行 pip install rapidocr onnxruntime；没有现成安装包的平台可改用 tesseract。",
            ) from error
        cv2.setNumThreads(1)
        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        found = {stage: Path(DEFAULT_CFG_PATH).parent / "models" / file for stage, file in MODELS.items()}
        for file in found.values():
            if not file.is_file():
                raise WenkuError(
                    f"RapidOCR 的安装包里缺少识字模型 {file.name}；本程序从不联网下载模型。",
                    where=str(file.parent),
                    remedy="请重新安装 rapidocr（pip install --force-reinstall rapidocr）。",
                )
        settings = ParseParams.load(DEFAULT_CFG_PATH)
        for stage, file in found.items():
            settings[stage].model_path = str(file)
            settings[stage].engine_cfg = settings.EngineConfig.onnxruntime
            settings[stage].engine_cfg.intra_op_num_threads = 1
            settings[stage].engine_cfg.inter_op_num_threads = 1
        settings.Rec.font_path = None
        settings.Det.limit_type, settings.Det.limit_side_len = "max", SIDE
        self._detector: Any = TextDetector(settings.Det)
        recogniser: Any = TextRecognizer(settings.Rec)
        self._recognise: Any = recogniser.session
        self._characters: list[str] = recogniser.postprocess_op.character

    @property
    def version(self) -> str:
        """The version of rapidocr."""
        return metadata.version("rapidocr")

    def read(self, picture: Picture) -> tuple[Strip, ...]:
        """The pieces of lines in a picture, in no order."""
        colour = _coloured(picture)
        found = self._read_at(colour, list(self._find(colour)))
        return tuple(strip for strip in found if strip.text.strip() and strip.confidence >= SCORE)

    def read_at(self, picture: Picture, places: Sequence[Corners]) -> tuple[Strip, ...]:
        """What stands in each of the places, however sure."""
        return self._read_at(_coloured(picture), [numpy.array(place, dtype=numpy.float32) for place in places])

    def _read_at(self, picture: Picture, places: Sequence[NDArray[Any]]) -> tuple[Strip, ...]:
        pieces = [_cut(picture, four) for four in places]
        strips: dict[int, Strip] = {}
        order = sorted(range(len(pieces)), key=lambda at: pieces[at].shape[1] / pieces[at].shape[0])
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            for at, told in zip(batch, self._told([pieces[at] for at in batch]), strict=True):
                strips[at] = Strip(_points(places[at]), *told)
        return tuple(strips[at] for at in range(len(pieces)))

    def _find(self, picture: Picture) -> NDArray[Any]:
        """Four corners for each piece of a line, in pixels of the picture."""
        import cv2

        height, width = picture.shape[:2]
        scale = min(SIDE / max(height, width), max(1.0, SHORT / min(height, width)))
        if scale != 1.0:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            seen = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        else:
            seen = picture
        boxes = self._detector(seen[:, :, ::-1]).boxes
        if boxes is None:
            return numpy.zeros((0, 4, 2), dtype=numpy.float32)
        back = [width / seen.shape[1], height / seen.shape[0]]
        return (boxes * back).astype(numpy.float32)  # type: ignore[no-any-return]

    def _told(self, pieces: list[Picture]) -> list[tuple[str, float, tuple[Sign, ...]]]:
        """What stands in pieces: text, confidence, and a sign for each character."""
        import cv2

        ratios = [piece.shape[1] / piece.shape[0] for piece in pieces]
        widths = [min(LONGEST, max(8, math.ceil(HEIGHT * ratio))) for ratio in ratios]
        room = max(ROOM, *widths)
        lines = numpy.zeros((len(pieces), 3, HEIGHT, room), dtype=numpy.float32)
        for line, piece, width in zip(lines, pieces, widths, strict=True):
            how = cv2.INTER_AREA if piece.shape[0] > HEIGHT else cv2.INTER_CUBIC
            fitted = cv2.resize(piece[:, :, ::-1], (width, HEIGHT), interpolation=how)
            line[:, :, :width] = fitted.transpose(2, 0, 1) / 127.5 - 1.0
        likely = self._recognise(lines)
        return [self._decode(one, width / room) for one, width in zip(likely, widths, strict=True)]

    def _decode(self, likely: NDArray[Any], filled: float) -> tuple[str, float, tuple[Sign, ...]]:
        """Read a line off the likelihood of each character at each step; `filled`: how much of the steps has ink."""
        best = likely.argmax(axis=1)
        runs: list[tuple[int, int]] = []
        for step, character in enumerate(best):
            if character != BLANK and (step == 0 or best[step - 1] != character):
                runs.append((step, step + 1))
            elif character != BLANK:
                runs[-1] = (runs[-1][0], step + 1)
        if not runs:
            return "", 0.0, ()
        steps = max(1.0, len(best) * filled)
        middles = [(start + end) / 2 / steps for start, end in runs]
        text: list[str] = []
        signs: list[Sign] = []
        for number, (start, end) in enumerate(runs):
            peak = likely[start + int(likely[start:end, best[start]].argmax())]
            before = middles[number - 1] if number else -middles[0]
            after = middles[number + 1] if number + 1 < len(runs) else 2 - middles[-1]
            left, right = (before + middles[number]) / 2, (middles[number] + after) / 2
            text.append(self._characters[best[start]])
            signs.append(Sign(_within(left), _within(right), float(likely[start, best[start]]), self._others(peak)))
        confidence = sum(sign.confidence for sign in signs) / len(signs)
        return "".join(text), confidence, tuple(signs)

    def _others(self, peak: NDArray[Any]) -> tuple[str, ...]:
        """What else a character may be, best first."""
        most = numpy.argpartition(peak, -6)[-6:]
        order = most[numpy.argsort(peak[most])][::-1][1:]
        return tuple(self._characters[at] for at in order if at != BLANK and peak[at] >= LIKELY)


def _coloured(picture: Picture) -> Picture:
    return picture if picture.ndim == 3 else numpy.repeat(picture[:, :, None], 3, axis=2)


def _within(place: float) -> float:
    return min(1.0, max(0.0, place))


def _points(corners: NDArray[Any]) -> Corners:
    return tuple((float(x), float(y)) for x, y in corners)


def _cut(picture: Picture, corners: NDArray[Any]) -> Picture:
    """A piece cut out straight; a tall one laid on its side, its top to the left, as the recogniser was taught."""
    import cv2

    across = int(max(math.dist(corners[0], corners[1]), math.dist(corners[3], corners[2]), 1))
    down = int(max(math.dist(corners[0], corners[3]), math.dist(corners[1], corners[2]), 1))
    straight = numpy.array([[0, 0], [across, 0], [across, down], [0, down]], dtype=numpy.float32)
    how = cv2.getPerspectiveTransform(corners, straight)
    piece = cv2.warpPerspective(picture, how, (across, down), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return numpy.rot90(piece) if down >= 1.5 * across else piece  # type: ignore[return-value]
