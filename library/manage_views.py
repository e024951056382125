"""The organisers' pages of topics: the words by which a search finds each."""

from django.contrib import messages
from django.contrib.postgres.aggregates import StringAgg
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from library import keeping
from library.forms import SynonymsForm
from library.models import Topic

LISTED = 200


@organiser_required
@require_safe
def topics(request: MemberRequest) -> HttpResponse:
    """List the topics with their synonyms."""
    others = StringAgg("synonyms__text", ", ", order_by="synonyms__text")
    rows = Topic.objects.annotate(others=others).order_by("position", "name")[:LISTED]
    return render(request, "library/manage_topics.html", {"topics": rows})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def synonyms(request: MemberRequest, slug: str) -> HttpResponse:
    """Change the words by which a topic is found."""
    topic = get_object_or_404(Topic, slug=slug)
    known = topic.synonyms.order_by("text").values_list("text", flat=True)
    form = SynonymsForm(
        request.POST or holding.typed(request), initial={"synonyms": "\n".join(known)}
    )
    if request.method == "POST" and form.is_valid():
        keeping.say_otherwise(topic=topic, synonyms=form.cleaned_data["synonyms"])
        messages.success(request, _("Saved. A search finds the topic by these words now."))
        return redirect("library:manage-topics")
    return render(request, "library/manage_topic.html", {"topic": topic, "form": form})
