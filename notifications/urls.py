"""The addresses of this app."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _soon(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


app_name = "notifications"
urlpatterns = [
    path("my/notifications/", _soon, name="settings"),
    path("unsubscribe/<str:token>/", _soon, name="unsubscribe"),
    path("manage/deliveries/", _soon, name="manage-log"),
]
