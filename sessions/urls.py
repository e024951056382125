"""The addresses of this app."""

from django.urls import path

from sessions import answer_views, calling_off_views, manage_views, views

app_name = "sessions"
urlpatterns = [
    path("communities/", views.index, name="list"),
    path("communities/<slug:slug>/", views.community, name="community"),
    path("communities/<slug:community>/<slug:slug>/", views.detail, name="detail"),
    path("communities/<slug:community>/<slug:slug>/rsvp/", answer_views.rsvp, name="rsvp"),
    path("answers/<str:token>/", answer_views.answer, name="answer"),
    path("communities/<slug:community>/<slug:slug>/calendar.ics", views.calendar, name="calendar"),
    path("manage/sessions/", manage_views.index, name="manage-list"),
    path("manage/sessions/new/", manage_views.create, name="manage-create"),
    path("manage/sessions/<slug:slug>/", manage_views.detail, name="manage-detail"),
    path("manage/sessions/<slug:slug>/edit/", manage_views.edit, name="manage-edit"),
    path("manage/sessions/<slug:slug>/publish/", manage_views.publish, name="manage-publish"),
    path("manage/sessions/<slug:slug>/delete/", manage_views.delete, name="manage-delete"),
    path("manage/sessions/<slug:slug>/cancel/", calling_off_views.cancel, name="manage-cancel"),
    path(
        "manage/sessions/<slug:slug>/reinstate/",
        calling_off_views.reinstate,
        name="manage-reinstate",
    ),
]
