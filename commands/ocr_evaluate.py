"""`wenku ocr evaluate`: how well the machine reads a page, for anyone's own samples."""

from __future__ import annotations

import time
from pathlib import Path

import click

from commands.context import Context, command, read
from console import ChineseCommand


@click.command("evaluate", cls=ChineseCommand, help="识别一页图片，与已有的录文比对，报告错字率。")
@click.argument("page", type=click.Path(path_type=Path), metavar="图片")
@click.argument("transcription", type=click.Path(path_type=Path), metavar="录文")
@click.option("--engine", metavar="引擎", help="rapidocr、tesseract 或 null。")
@command
def evaluate(context: Context, page: Path, transcription: Path, engine: str | None) -> None:
    """Read a picture and measure what was read against its transcription."""
    from ingest.ocr import images
    from ingest.ocr.engines import engine_named
    from ingest.ocr.evaluate import measured
    from ingest.ocr.reading import read_page
    from ingest.ocr.sheets import engine_for
    from search.text.folding import fold

    written = read(transcription)
    picture = images.picture(page).pixels
    reader = engine_named(engine_for(engine or context.config.ocr.engine))
    began = time.perf_counter()
    transcripts = read_page(picture, reader)
    seconds = time.perf_counter() - began
    text = "\n".join(one.text for one in transcripts)
    result = measured(text, written, fold)
    document = {
        "cer": round(result.cer, 5),
        "cer_with_punctuation": round(result.cer_with_punctuation, 5),
        "order_ok": result.order_ok,
        "orientation": transcripts[0].turned,
        "seconds": round(seconds, 2),
        "text": text,
    }
    context.answer(
        document,
        lambda: (
            f"每百字错 {100 * result.cer:.2f} 字（计标点 {100 * result.cer_with_punctuation:.2f}），"
            f"阅读次序{'正确' if result.order_ok else '不对'}，"
            f"图片{f'须顺时针转 {transcripts[0].turned}°' if transcripts[0].turned else '方向正'}，"
            f"用时 {seconds:.1f} 秒。\n\n{text}"
        ),
    )


COMMANDS = (evaluate,)
