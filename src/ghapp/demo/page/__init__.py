"""What a person sees: the pull request as GitHub would show it, with buttons that work.

Pages are plain HTML from templates, with one style sheet and no scripts. Every button is a form; what it changes goes
through the same world that the App talks to, and so sets off real webhooks.
"""

from ghapp.demo.page.routes import pages

__all__ = ["pages"]
