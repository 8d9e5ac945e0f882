"""Visiting a site as a reader with no JavaScript would: every page that links lead to."""

import io
import zipfile
from collections import deque
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import html
from pypdf import PdfReader


def crawl(client, *starts, limit=400):
    """Yield (address, answer) of every page reached from `starts`, links that only sort or narrow left out."""
    waiting = deque(starts)
    seen = set(starts)
    while waiting and len(seen) <= limit + len(waiting):
        address = waiting.popleft()
        answer = client.get(address)
        yield address, answer
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for link in html.fromstring(answer.text).xpath("//a/@href | //img/@src | //link/@href | //script/@src"):
            found = urldefrag(urljoin(f"http://localhost{address}", link)).url
            parts = urlsplit(found)
            assert parts.netloc == "localhost", f"{address} leads outside: {link}"
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if path not in seen and len(seen) < limit:
                seen.add(path)
                waiting.append(path)


def words(answer):
    """The text of an answer; of a workbook, that of all its parts; of a PDF, that of its pages."""
    if answer.mimetype == "application/pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    if not answer.mimetype.startswith("application/vnd.openxmlformats"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())
