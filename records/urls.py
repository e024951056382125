"""The addresses of this app."""

from django.urls import path

from records import manage_views, pulse_views, recording_manage_views, recording_views, views

_ATTENDANCE = "manage/webinars/<slug:slug>/attendance"
_RECORDING = "manage/webinars/<slug:slug>/recording"

app_name = "records"
urlpatterns = [
    path("certificates/<slug:code>/", views.certificate, name="certificate"),
    path(
        "certificates/<slug:code>/certificate.pdf", views.certificate_file, name="certificate-file"
    ),
    path("webinars/<slug:slug>/recording/", recording_views.show, name="recording"),
    path("webinars/<slug:slug>/recording/video", recording_views.video, name="recording-video"),
    path(
        "webinars/<slug:slug>/recording/captions.vtt",
        recording_views.captions,
        name="recording-captions",
    ),
    path("webinars/<slug:slug>/pulse/", pulse_views.ask, name="pulse"),
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
    path("manage/webinars/<slug:slug>/pulse/", pulse_views.results, name="pulse-results"),
    path(f"{_RECORDING}/", recording_manage_views.show, name="manage-recording"),
    path(f"{_RECORDING}/video/", recording_manage_views.video, name="manage-video"),
    path(f"{_RECORDING}/captions/", recording_manage_views.caption, name="manage-captions"),
    path(f"{_RECORDING}/transcript/", recording_manage_views.transcribe, name="manage-transcript"),
    path(f"{_RECORDING}/chapters/", recording_manage_views.divide, name="manage-chapters"),
    path(f"{_RECORDING}/publish/", recording_manage_views.publish, name="manage-publish"),
]
