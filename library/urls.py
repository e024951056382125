"""The addresses of this app."""

from django.urls import path

from library import manage_views, views

app_name = "library"
urlpatterns = [
    path("files/<uuid:uid>/", views.resource, name="resource"),
    path("files/versions/<uuid:uid>/", views.version, name="version"),
    path("manage/topics/", manage_views.topics, name="manage-topics"),
    path("manage/topics/<slug:slug>/", manage_views.synonyms, name="manage-topic"),
]
