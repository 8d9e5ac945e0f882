"""A person of the house at the site: logs in, and sends forms with the token of a page they have seen."""

from lxml import html
from staff import PASSWORD


class Visitor:
    """A browser of one's own."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, address, **options):
        """Visit a page."""
        return self.client.get(address, **options)

    def send(self, address, seen="/login", **fields):
        """Send a form with the token that stands on the page `seen`."""
        return self.client.post(address, data={"csrf_token": self.token(seen), **fields})

    def token(self, seen="/login"):
        """The token on a page."""
        found = html.fromstring(self.client.get(seen, follow_redirects=True).text)
        return found.xpath("//input[@name='csrf_token']/@value")[0]

    def login(self, name, password=PASSWORD, then=""):
        """Log in."""
        return self.send("/login", login=name, password=password, next=then)

    def cookie(self):
        """The session cookie, if there is one."""
        held = self.client.get_cookie("wenku")
        return held.value if held else None
