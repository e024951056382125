"""The type of a request behind @login_required."""

from django.http import HttpRequest

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request whose user is signed in."""

    user: User
