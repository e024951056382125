"""The survey's pages once more, as a preview: an instance of the same namespace.

A page's template names addresses such as `surveys:review`. While a preview shows it, Django looks
them up here, so that its links lead on inside the preview; the wave's slug in them is a Seat.
"""

from django.urls import path, register_converter

from surveys import preview_views, urls
from surveys.previewing import Role, Seat


class SeatConverter:
    """A version and who looks at it."""

    regex = rf"[-\w]+/[^/]+/preview/(?:{'|'.join(Role.values)})"

    def to_python(self, value: str) -> Seat:
        """Return the seat that an address names."""
        key, version, _preview, role = value.split("/")
        return Seat(key, version, Role(role))

    def to_url(self, value: object) -> str:
        """Return the seat as it stands in an address."""
        return str(value)


register_converter(SeatConverter, "seat")

AT = "manage/surveys/instruments/<seat:slug>"
SECTION = "sections/<slug:section>"
# By the name of the real page: its address, and the page that is shown there. Where the real one
# saves or sends something, the page from which one comes is shown again.
SHOWN = {
    "overview": ("overview", "overview"),
    "respond": ("respond", "respond"),
    "section": (SECTION, "section"),
    "review": ("review", "review"),
    "print": ("print", "print"),
    "pdf": ("pdf", "print"),
    "manage-detail": ("wave", "review"),
    "findings": ("findings", "findings"),
    "findings-agency": ("findings/<slug:agency>", "findings"),
    "findings-cell": ("findings/<slug:agency>/<slug:key>", "cell"),
    "answer": ("answers/<slug:key>", "respond"),
    "share": ("share", "review"),
    "submit": ("submit", "review"),
    "reviewer": ("overview/reviewer", "overview"),
    "give": (f"{SECTION}/give", "overview"),
    "ready": (f"{SECTION}/ready", "section"),
    "sign-off": (f"{SECTION}/sign-off", "section"),
    "return": (f"{SECTION}/return", "section"),
}

WAVE = "surveys/<slug:slug>/"


def _elsewhere(route: str) -> str:
    """Return an address in the preview for a wave's page that it does not show."""
    return f"{AT}/" + "".join(f"<str:part{n}>/" for n in range(1, route.count("<")))


app_name = "surveys"
urlpatterns = [
    path(f"{AT}/{address}/", preview_views.show, {"page": page}, name=name)
    for name, (address, page) in SHOWN.items()
]
# Any other page of a wave leads back to the role's first one; all the rest is as it is.
for one in urls.urlpatterns:
    route = str(one.pattern)
    if route.startswith(WAVE) and one.name not in SHOWN:
        urlpatterns.append(
            path(_elsewhere(route), preview_views.show, {"page": ""}, name=str(one.name))
        )
    elif one.name not in SHOWN:
        urlpatterns.append(one)
