"""The addresses of this app."""

from django.urls import path

from notifications import manage_views, views

app_name = "notifications"
urlpatterns = [
    path("my/notifications/", views.settings, name="settings"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("manage/deliveries/", manage_views.log, name="manage-log"),
    path("manage/deliveries/address/", manage_views.address, name="manage-address"),
]
