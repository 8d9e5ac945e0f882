"""Forms as a browser writes them: Werkzeug's test client leaves out the line that ends the head of an empty field."""

from werkzeug import test
from werkzeug.sansio.multipart import Data, MultipartEncoder, State


class Encoder(MultipartEncoder):
    def send_event(self, event):
        begins = isinstance(event, Data) and self.state == State.DATA_START
        written = super().send_event(event)
        return b"\r\n" if begins and not event.data else written


def install():
    """Let every test client write its forms so."""
    test.MultipartEncoder = Encoder
