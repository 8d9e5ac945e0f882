"""Forms come in as they were sent, wherever the stream of bytes is cut."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from web.sent import Request

CHUNK = 1 << 16
BOUNDARY = b"----WebKitFormBoundaryAbCdEf0123456789"


def body(parts):
    """A form as a browser writes it: (name, file name or None, content)."""
    out = bytearray()
    for name, filename, content in parts:
        about = f'; filename="{filename}"\r\nContent-Type: application/octet-stream' if filename is not None else ""
        out += b"--" + BOUNDARY + b"\r\n"
        out += f'Content-Disposition: form-data; name="{name}"{about}\r\n\r\n'.encode() + content + b"\r\n"
    return bytes(out + b"--" + BOUNDARY + b"--\r\n")


def sent(data, **limits):
    """The request that carries `data`."""
    request = Request(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY.decode()}",
            "CONTENT_LENGTH": str(len(data)),
            "wsgi.input": io.BytesIO(data),
        }
    )
    for name, value in limits.items():
        setattr(request, name, value)
    return request


def read(request):
    """What came in: fields and files, in order."""
    fields = list(request.form.items(multi=True))
    return fields, [(name, file.filename, file.read()) for name, file in request.files.items(multi=True)]


def test_a_cut_of_the_stream_changes_nothing_wherever_it_falls():
    after = [("空", None, b""), ("书", None, "船山\r\n遺書".encode()), ("图", "頁.png", b"\r\n--x\r"), ("无", "", b"")]
    overhead = len(body([("补", None, b""), *after]))
    for pad in range(CHUNK - overhead, CHUNK):
        fields, files = read(sent(body([("补", None, b"x" * pad), *after])))
        assert fields[1:] == [("空", ""), ("书", "船山\r\n遺書")] and len(fields[0][1]) == pad
        assert files == [("图", "頁.png", b"\r\n--x\r"), ("无", "", b"")]


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(0, 300))
def test_files_come_in_byte_for_byte(contents, short):
    data = body([("f", "a", content) for content in (b"\r" * (CHUNK - short), *contents)])
    assert [file for _, _, file in read(sent(data))[1]] == [b"\r" * (CHUNK - short), *contents]


def test_a_form_cut_off_is_no_form():
    with pytest.raises(BadRequest):
        read(sent(body([("a", None, b"1"), ("b", "f", b"2" * 100)])[:-60]))


@pytest.mark.parametrize("limit", [{"max_form_parts": 2}, {"max_form_memory_size": 9}])
def test_limits_hold(limit):
    with pytest.raises(RequestEntityTooLarge):
        read(sent(body([("a", None, b"0123456789")] * 3), **limit))


def test_a_file_is_a_file_of_its_own():
    data = body([("f", "一.png", b"0123456789" * 100_000), ("f", "二.png", b"abc"), ("f", "空.png", b"")])
    first, second, empty = sent(data).files.getlist("f")
    assert second.read(2) == b"ab" and first.read(3) == b"012" and second.read() == b"c" and empty.read() == b""
    assert second.seek(0, io.SEEK_END) == 3 and second.seek(-2, io.SEEK_CUR) == 1 and second.read() == b"bc"
    out = io.BytesIO()
    first.stream.seek(0)
    first.save(out)
    assert out.getvalue() == b"0123456789" * 100_000


OPEN = Path("/proc/self/fd")


@pytest.mark.skipif(not OPEN.is_dir(), reason="没有 /proc，数不出打开的文件")
def test_many_files_keep_few_files_open():
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    data = body([("f", f"{number}.png", b"x" * (1 << 20)) for number in range(80)])
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(OPEN.iterdir())) + 20, before[1]))
    try:
        assert len(sent(data).files.getlist("f")) == 80
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
