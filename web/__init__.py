"""A thin Flask site over the archive and its search: presentation only, no SQL, no logic of the house."""

from web.app import create_app
from web.serving import serve

__all__ = ["create_app", "serve"]
