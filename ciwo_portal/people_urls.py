"""All addresses of agencies and memberships: the app's own, and those that send messages."""

from django.urls import path

from agencies import urls as agencies_urls
from ciwo_portal.views import communities, people

app_name = "agencies"
urlpatterns = [
    *agencies_urls.urlpatterns,
    path("agencies/<slug:slug>/", people.agency, name="detail"),
    path("my/agency/", people.join, name="join"),
    path("my/agency/approve/", people.approve, name="approve"),
    path("my/agency/decline/", people.decline, name="decline"),
    path("my/agency/appoint/", people.appoint, name="appoint"),
    path("my/agency/end/", people.end, name="end"),
    path("my/agency/<slug:slug>/ask/", people.ask, name="ask"),
    path("my/agency/<slug:slug>/leave/", people.leave, name="leave"),
    path("manage/people/", people.manage, name="manage-memberships"),
    path("manage/people/add/", people.admit, name="manage-admit"),
    path("manage/communities/<slug:slug>/let-in/", communities.let_in, name="manage-let-in"),
    path(
        "manage/communities/<slug:slug>/take-out/<slug:agency>/",
        communities.take_out,
        name="manage-take-out",
    ),
    path("manage/communities/<slug:slug>/appoint/", communities.appoint, name="manage-appoint"),
    path(
        "manage/communities/<slug:slug>/dismiss/<int:pk>/",
        communities.dismiss,
        name="manage-dismiss",
    ),
]
