"""For WSGI servers: `wsgi:app`, configured by the environment."""

from marketplace.standalone import create_app

app = create_app()
