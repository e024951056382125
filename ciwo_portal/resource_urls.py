"""All addresses of resources: the library's own, and those that know of webinars and sessions."""

from django.urls import path

from ciwo_portal.views import resources
from library import urls as library_urls

app_name = "library"
urlpatterns = [
    *library_urls.urlpatterns,
    path("manage/resources/", resources.index, name="manage-list"),
    path("manage/resources/new/", resources.add, name="manage-add"),
    path("manage/resources/<uuid:uid>/", resources.edit, name="manage-edit"),
    path("manage/resources/<uuid:uid>/remove/", resources.remove, name="manage-remove"),
    path("manage/resources/<uuid:uid>/attach/", resources.attach, name="manage-attach"),
    path("manage/resources/<uuid:uid>/detach/", resources.detach, name="manage-detach"),
    path("manage/versions/<uuid:uid>/erase/", resources.forget, name="manage-forget"),
]
