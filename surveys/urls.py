"""The addresses of this app."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _soon(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


app_name = "surveys"
urlpatterns = [
    path("surveys/", _soon, name="list"),
    path("surveys/<slug:slug>/respond/", _soon, name="respond"),
    path("manage/surveys/", _soon, name="manage-list"),
]
