"""The addresses of this app; ciwo_portal/people_urls.py adds those whose pages send messages."""

from django.urls import path

from agencies import manage_views, note_views, views

app_name = "agencies"
urlpatterns = [
    path("agencies/", views.directory, name="list"),
    path("my/agency/<slug:slug>/edit/", views.edit, name="edit"),
    path("manage/agencies/notes/", note_views.index, name="manage-notes"),
    path("manage/agencies/<slug:slug>/notes/", note_views.edit, name="manage-note"),
    path("manage/communities/", manage_views.index, name="manage-communities"),
    path("manage/communities/new/", manage_views.create, name="manage-community-create"),
    path("manage/communities/<slug:slug>/", manage_views.detail, name="manage-community"),
    path("manage/communities/<slug:slug>/edit/", manage_views.edit, name="manage-community-edit"),
]
