"""The addresses of this app."""

from django.urls import path

from records import manage_views, views

_ATTENDANCE = "manage/webinars/<slug:slug>/attendance"

app_name = "records"
urlpatterns = [
    path("certificates/<slug:code>/", views.certificate, name="certificate"),
    path(
        "certificates/<slug:code>/certificate.pdf", views.certificate_file, name="certificate-file"
    ),
    path("my/learning/", views.learning, name="learning"),
    path("my/agency/<slug:slug>/learning/", views.agency_learning, name="agency-learning"),
    path("my/agency/<slug:slug>/learning.csv", views.agency_table, name="agency-table"),
    path(f"{_ATTENDANCE}/", manage_views.show, name="attendance"),
    path(f"{_ATTENDANCE}/confirm/", manage_views.confirm, name="attendance-confirm"),
    path(f"{_ATTENDANCE}/assign/", manage_views.assign, name="attendance-assign"),
    path(f"{_ATTENDANCE}/rule/", manage_views.rule, name="attendance-rule"),
    path(f"{_ATTENDANCE}/<int:pk>/", manage_views.decide, name="attendance-decide"),
    path(f"{_ATTENDANCE}.csv", manage_views.table, name="attendance-table"),
    path("manage/webinars/<slug:slug>/certificates/", manage_views.certify, name="certificates"),
]
