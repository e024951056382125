"""The addresses of this app; ciwo_portal/people_urls.py adds those whose pages send messages."""

from django.urls import path

from agencies import views

app_name = "agencies"
urlpatterns = [
    path("agencies/", views.directory, name="list"),
    path("my/agency/<slug:slug>/edit/", views.edit, name="edit"),
]
