"""The addresses of this app."""

from django.urls import path

from notifications import manage_views, views, wording_views

app_name = "notifications"
urlpatterns = [
    path("my/notifications/", views.settings, name="settings"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("mail/reports/", views.reports, name="reports"),
    path("manage/deliveries/", manage_views.log, name="manage-log"),
    path("manage/deliveries/again/", manage_views.again, name="manage-again"),
    path("manage/deliveries/address/", manage_views.address, name="manage-address"),
    path("manage/deliveries/resting/", manage_views.rest, name="manage-resting"),
    path("manage/texts/", wording_views.index, name="manage-wordings"),
    path("manage/texts/<slug:name>/", wording_views.edit, name="manage-wording"),
    path("manage/texts/<slug:name>/sample/", wording_views.sample, name="manage-sample"),
    path("manage/texts/<slug:name>/restore/", wording_views.restore, name="manage-restore"),
]
