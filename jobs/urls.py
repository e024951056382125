"""The addresses of what the worker makes for somebody."""

from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("my/files/<uuid:uid>/", views.detail, name="detail"),
    path("my/files/<uuid:uid>/file/", views.file, name="file"),
]
