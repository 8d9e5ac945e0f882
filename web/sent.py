"""Forms as browsers send them.

Werkzeug's own parser gives a field the bytes beside it when a part begins or ends where a chunk of the stream does
(its issue 3285), so parts are told apart by the library `multipart`.
"""

from __future__ import annotations

from typing import IO, Any

from flask import Request as FlaskRequest
from multipart import MultipartError, MultipartParser, ParserLimitReached
from werkzeug.datastructures import FileStorage, Headers, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

_SPOOLED = 1 << 19  # bytes; a larger part is kept on disk
_FIELDS = 1_000


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
        limit = self.max_form_memory_size
        try:
            for part in MultipartParser(
                stream,
                options.get("boundary", ""),
                spool_limit=_SPOOLED,
                memory_limit=self.max_content_length or 1 << 40,
                part_limit=self.max_form_parts or _FIELDS,
            ):
                if part.filename is not None:
                    files.append((part.name, _file(part)))
                elif limit is not None and part.size > limit:
                    raise RequestEntityTooLarge
                else:
                    fields.append((part.name, part.raw.decode("utf-8", "replace")))
        except ParserLimitReached as error:
            raise RequestEntityTooLarge from error
        except MultipartError as error:
            raise BadRequest from error
        return stream, self.cls(fields), self.cls(files)


def _file(part: Any) -> FileStorage:
    return FileStorage(part.file, part.filename, part.name, headers=Headers(part.headerlist))


class Request(FlaskRequest):
    """A request whose forms are read whole and right."""

    form_data_parser_class = _Parser
