"""The addresses of this app."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _soon(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


app_name = "agencies"
urlpatterns = [
    path("agencies/", _soon, name="list"),
    path("agencies/<slug:slug>/", _soon, name="detail"),
    path("manage/people/", _soon, name="manage-memberships"),
]
