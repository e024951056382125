"""The addresses of this app."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _soon(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


app_name = "sessions"
urlpatterns = [
    path("communities/", _soon, name="list"),
    path("communities/<slug:slug>/", _soon, name="community"),
    path("communities/<slug:community>/<slug:slug>/", _soon, name="detail"),
    path("manage/sessions/", _soon, name="manage-list"),
    path("manage/sessions/new/", _soon, name="manage-create"),
]
