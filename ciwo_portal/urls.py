"""The public addresses; each app's module names its own in full."""

from django.contrib import admin
from django.urls import include, path

from ciwo_portal.views import (
    calendar,
    health,
    home,
    library,
    manage,
    my,
    people,
    sitemap,
    texts,
    topics,
)

urlpatterns = [
    path("", home.home, name="home"),
    path(
        "topics/",
        include(
            (
                [
                    path("", topics.index, name="list"),
                    path("<slug:slug>/", topics.detail, name="detail"),
                ],
                "topics",
            )
        ),
    ),
    path("library/", library.index, name="library"),
    path("", include("webinars.urls")),
    path("", include("sessions.urls")),
    path("", include("ciwo_portal.people_urls")),
    path(
        "my/profile/",
        include(
            (
                [
                    path("", people.edit_profile, name="profile"),
                    path("zone/", people.choose_zone, name="zone"),
                ],
                "accounts",
            )
        ),
    ),
    path("", include("surveys.urls")),
    path("", include("surveys.preview_urls", namespace="preview")),
    path("", include("records.urls")),
    path("", include("notifications.urls")),
    path("", include("jobs.urls")),
    path("", include("ciwo_portal.resource_urls")),
    path("my/", my.my, name="my"),
    path("my/calendar/", calendar.settings, name="calendar"),
    path("my/calendar/<str:token>.ics", calendar.feed, name="calendar-feed"),
    path("manage/", manage.overview, name="manage"),
    path("accessibility/", texts.accessibility, name="accessibility"),
    path("privacy/", texts.privacy, name="privacy"),
    path("accounts/", include("allauth.urls")),
    # Instead of the administration's own sign-in, which knows no limits and no second step.
    path("admin/login/", manage.administration_sign_in),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-pages.xml", sitemap.pages, name="sitemap-pages"),
    path("sitemap-<slug:kind>-<int:number>.xml", sitemap.part, name="sitemap-part"),
    path("favicon.ico", texts.favicon, name="favicon"),
    path("manifest.webmanifest", texts.manifest, name="manifest"),
    path("robots.txt", texts.robots, name="robots"),
    path(".well-known/security.txt", texts.security, name="security"),
]
handler400 = "ciwo_portal.views.errors.bad_request"
handler403 = "ciwo_portal.views.errors.permission_denied"
handler404 = "ciwo_portal.views.errors.page_not_found"
handler429 = "ciwo_portal.views.errors.too_many_requests"  # allauth's word
handler500 = "ciwo_portal.views.errors.server_error"
