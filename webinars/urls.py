"""The addresses of this app."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _soon(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


app_name = "webinars"
urlpatterns = [
    path("webinars/", _soon, name="list"),
    path("webinars/<slug:slug>/", _soon, name="detail"),
    path("webinars/<slug:slug>/register/", _soon, name="register"),
    path("webinars/<slug:slug>/cancel/", _soon, name="cancel"),
    path("webinars/calendar.ics", _soon, name="calendar"),
    path("webinars/<slug:slug>/calendar.ics", _soon, name="event-calendar"),
    path("webinars/feed/", _soon, name="feed"),
    path("manage/webinars/", _soon, name="manage-list"),
    path("manage/webinars/new/", _soon, name="manage-create"),
]
