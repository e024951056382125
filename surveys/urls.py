"""The addresses of this app."""

from django.urls import path

from surveys import manage_views, views

app_name = "surveys"
urlpatterns = [
    path("surveys/", views.index, name="list"),
    path("surveys/files/<uuid:uid>/", views.file, name="file"),
    path("surveys/<slug:slug>/respond/", views.respond, name="respond"),
    path("surveys/<slug:slug>/answers/<slug:key>/", views.answer, name="answer"),
    path("surveys/<slug:slug>/review/", views.review, name="review"),
    path("surveys/<slug:slug>/print/", views.printed, name="print"),
    path("surveys/<slug:slug>/submit/", views.submit, name="submit"),
    path("manage/surveys/", manage_views.index, name="manage-list"),
    path("manage/surveys/new/", manage_views.create, name="manage-create"),
    path("manage/surveys/<slug:slug>/", manage_views.detail, name="manage-detail"),
    path("manage/surveys/<slug:slug>/invite/", manage_views.invite, name="manage-invite"),
    path("manage/surveys/<slug:slug>/extend/", manage_views.extend, name="manage-extend"),
    path(
        "manage/surveys/<slug:slug>/reopen/<slug:agency>/",
        manage_views.reopen,
        name="manage-reopen",
    ),
    path("manage/surveys/<slug:slug>/close/", manage_views.close, name="manage-close"),
]
