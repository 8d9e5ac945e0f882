"""Forms as browsers send them.

Werkzeug's own parser gives a field the bytes beside it when a part begins or ends where a chunk of the stream does
(its issue 3285), so parts are told apart by the library `multipart`. All files of a form lie one after another in one
temporary file: a thousand pictures take neither memory nor a thousand open files.
"""

from __future__ import annotations

import io
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Request as FlaskRequest
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser
from werkzeug.datastructures import FileStorage, Headers, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

_CHUNK = 1 << 16
_IN_MEMORY = 1 << 19
_PARTS = 1_000

Spool = SpooledTemporaryFile[bytes]


class _Parser(FormDataParser):
    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """The parts of a form.

        Raises:
            RequestEntityTooLarge: more parts, or a longer field, than the request may have.
            BadRequest: the form is cut off or is none.
        """
        fields: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        spool: Spool = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # lives as long as the files in it
        try:
            with PushMultipartParser(
                options.get("boundary", ""), max_segment_count=self.max_form_parts or _PARTS
            ) as parser:
                field = bytearray()
                for event in parser.parse_blocking(stream.read, _CHUNK):
                    if isinstance(event, MultipartSegment):
                        part, begin = event, spool.tell()
                        field.clear()
                    elif event is None and part.filename is None:
                        fields.append((part.name, field.decode("utf-8", "replace")))
                    elif event is None:
                        files.append((part.name, _file(part, spool, begin)))
                    elif part.filename is None:
                        field += event
                        if self.max_form_memory_size is not None and len(field) > self.max_form_memory_size:
                            raise RequestEntityTooLarge
                    else:
                        spool.write(event)
        except ParserLimitReached as error:
            raise RequestEntityTooLarge from error
        except MultipartError as error:
            raise BadRequest from error
        return stream, self.cls(fields), self.cls(files)


def _file(part: Any, spool: Spool, begin: int) -> FileStorage:
    stretch = io.BufferedReader(_Stretch(spool, begin, spool.tell()))
    return FileStorage(stretch, part.filename, part.name, headers=Headers(part.headerlist))


class _Stretch(io.RawIOBase):
    """The bytes of a spool from `begin` to `end`, as a file of their own."""

    def __init__(self, spool: Spool, begin: int, end: int) -> None:
        self._spool, self._begin, self._end, self._at = spool, begin, end, begin

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: self._begin, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        self._at = min(max(base + offset, self._begin), self._end)
        return self._at - self._begin

    def readinto(self, into: Any) -> int:
        self._spool.seek(self._at)
        data = self._spool.read(min(len(into), self._end - self._at))
        into[: len(data)] = data
        self._at += len(data)
        return len(data)


class Request(FlaskRequest):
    """A request whose forms are read whole and right."""

    form_data_parser_class = _Parser
