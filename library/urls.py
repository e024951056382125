"""The addresses of this app."""

from django.urls import path

from library import views

app_name = "library"
urlpatterns = [
    path("files/<uuid:uid>/", views.resource, name="resource"),
    path("files/versions/<uuid:uid>/", views.version, name="version"),
]
