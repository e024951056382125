"""The addresses of this app."""

from django.urls import include, path

from webinars import (
    asking_views,
    colleague_views,
    feeds,
    join_views,
    mailing_views,
    manage_parts_views,
    manage_views,
    place_views,
    publishing_views,
    question_views,
    reminder_views,
    rules_views,
    series_views,
    speaker_views,
    views,
)

app_name = "webinars"
_MAILING = [
    path("", mailing_views.detail, name="manage-mailing"),
    path("edit/", mailing_views.edit, name="manage-mailing-edit"),
    path("copies/<int:number>/", mailing_views.copy, name="manage-mailing-copy"),
    path("try/", mailing_views.try_out, name="manage-mailing-try"),
    path("send/", mailing_views.send, name="manage-mailing-send"),
    path("again/", mailing_views.send_again, name="manage-mailing-again"),
    path("undo/", mailing_views.undo, name="manage-mailing-undo"),
    path("delete/", mailing_views.delete, name="manage-mailing-delete"),
]
urlpatterns = [
    path("webinars/", views.index, name="list"),
    path("webinars/calendar.ics", feeds.calendar, name="calendar"),
    path("webinars/feed/", feeds.news, name="feed"),
    path("topics/<slug:slug>/calendar.ics", feeds.topic_calendar, name="topic-calendar"),
    path("webinars/<slug:slug>/", views.detail, name="detail"),
    path("webinars/<slug:slug>/register/", asking_views.register, name="register"),
    path("webinars/<slug:slug>/cancel/", views.cancel, name="cancel"),
    path("webinars/<slug:slug>/join/", join_views.join, name="join"),
    path("speaking/<str:token>/", speaker_views.speaking, name="speaking"),
    path("speaking/<str:token>/join/", speaker_views.join, name="speaker-join"),
    path(
        "manage/webinars/<slug:slug>/speakers/ask/", speaker_views.ask, name="manage-speakers-ask"
    ),
    path("join/<str:token>/", join_views.by_link, name="join-by-link"),
    path("webinars/<slug:slug>/calendar.ics", feeds.event_calendar, name="event-calendar"),
    path("webinars/<slug:slug>/substitute/", place_views.substitute, name="substitute"),
    path("webinars/<slug:slug>/colleagues/", colleague_views.colleagues, name="colleagues"),
    path("places/<str:token>/", place_views.place, name="place"),
    path("manage/series/", series_views.index, name="manage-series-list"),
    path("manage/series/new/", series_views.create, name="manage-series-create"),
    path("manage/series/<slug:slug>/", series_views.detail, name="manage-series"),
    path("manage/series/<slug:slug>/rules/", rules_views.series_rules, name="manage-series-rules"),
    path(
        "manage/series/<slug:slug>/questions/",
        question_views.series_questions,
        name="manage-series-questions",
    ),
    path(
        "manage/webinars/<slug:slug>/questions/", question_views.questions, name="manage-questions"
    ),
    path("manage/webinars/<slug:slug>/access/", question_views.access, name="manage-access"),
    path("manage/webinars/<slug:slug>/rules/", rules_views.rules, name="manage-rules"),
    path("manage/webinars/<slug:slug>/approvals/", rules_views.approvals, name="manage-approvals"),
    path("manage/series/<slug:slug>/edit/", series_views.edit, name="manage-series-edit"),
    path("manage/series/<slug:slug>/remove/", series_views.remove, name="manage-series-remove"),
    path("manage/webinars/", manage_views.index, name="manage-list"),
    path("manage/webinars/new/", manage_views.create, name="manage-create"),
    path("manage/webinars/<slug:slug>/", manage_views.detail, name="manage-detail"),
    path("manage/webinars/<slug:slug>/edit/", manage_views.edit, name="manage-edit"),
    path("manage/webinars/<slug:slug>/publish/", publishing_views.publish, name="manage-publish"),
    path(
        "manage/webinars/<slug:slug>/publish/take-back/",
        publishing_views.take_back,
        name="manage-take-back",
    ),
    path("manage/webinars/<slug:slug>/delete/", publishing_views.delete, name="manage-delete"),
    path("manage/webinars/<slug:slug>/cancel/", manage_views.cancel, name="manage-cancel"),
    path("manage/webinars/<slug:slug>/reinstate/", manage_views.reinstate, name="manage-reinstate"),
    path("manage/webinars/<slug:slug>/speakers/", speaker_views.speakers, name="manage-speakers"),
    path(
        "manage/webinars/<slug:slug>/speakers/<int:pk>/new-link/",
        speaker_views.new_link,
        name="manage-speaker-new-link",
    ),
    path(
        "manage/webinars/<slug:slug>/materials/",
        manage_parts_views.materials,
        name="manage-materials",
    ),
    path(
        "manage/webinars/<slug:slug>/registrations.csv",
        manage_parts_views.people,
        name="manage-people",
    ),
    path(
        "manage/webinars/<slug:slug>/deliveries/",
        manage_parts_views.deliveries,
        name="manage-deliveries",
    ),
    path(
        "manage/webinars/<slug:slug>/deliveries/again/",
        manage_parts_views.send_again,
        name="manage-deliveries-again",
    ),
    path(
        "manage/webinars/<slug:slug>/reminders/", reminder_views.of_webinar, name="manage-reminders"
    ),
    path(
        "manage/series/<slug:slug>/reminders/",
        reminder_views.of_series,
        name="manage-series-reminders",
    ),
    path("manage/webinars/<slug:slug>/messages/", mailing_views.index, name="manage-mailings"),
    path("manage/webinars/<slug:slug>/messages/new/", mailing_views.write, name="manage-write"),
    path("manage/webinars/<slug:slug>/messages/<uuid:uid>/", include(_MAILING)),
]
