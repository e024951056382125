"""Pages of plain text: accessibility, privacy, and what robots and researchers look for."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

SECURITY_TEXT_LASTS = timedelta(days=180)  # RFC 9116 asks for less than a year
LEAST_AGENCIES = 5  # behind a published figure
# Pages for one person or for machines: nothing that a search engine should show.
NOT_FOR_ROBOTS = (
    "/accounts/",
    "/admin/",
    "/api/",
    "/answers/",
    "/join/",
    "/manage/",
    "/my/",
    "/speaking/",
    "/unsubscribe/",
    "/*?",  # filters: the same rows in another choice
)
# Questions that lead to more than the bare address: the longer rule counts (RFC 9309).
FOR_ROBOTS = ("/*?page=", "/*?section=", "/*?t=")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what we promise to people with disabilities and where we fall short."""
    return render(request, "pages/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept of whom, who sees it and how survey answers are shared."""
    return render(request, "pages/privacy.html", {"least": LEAST_AGENCIES})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines which pages are not for them."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += [f"Allow: {path}" for path in FOR_ROBOTS]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """Lead programs that ask for nothing else to the portal's mark."""
    return redirect(static("img/favicon.ico"))


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how the portal looks on a phone's first screen."""
    said = {
        "name": settings.SITE_NAME,
        "short_name": "CIWO",
        "start_url": reverse("home"),
        "display": "browser",
        "background_color": "#ffffff",
        "theme_color": "#123131",
        "icons": [
            {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Tell whom to write to about a weakness (RFC 9116); the text renews itself each day."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.SUPPORT_EMAIL}",
        f"Expires: {today + SECURITY_TEXT_LASTS:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
