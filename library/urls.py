"""The addresses of this app."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _soon(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


app_name = "library"
urlpatterns = [
    path("files/<uuid:uid>/", _soon, name="resource"),
]
