"""The addresses of this app."""

from django.urls import path

from surveys import (
    building_views,
    exchange_views,
    export_views,
    filing_views,
    findings_views,
    inquiry_manage_views,
    inquiry_views,
    manage_views,
    mutual_views,
    preview_views,
    releasing_views,
    review_views,
    sharing_views,
    submission_views,
    team_views,
    trend_views,
    views,
    who_views,
)

SECTION = "surveys/<slug:slug>/sections/<slug:section>"
SUBMISSION = "surveys/<slug:slug>/submissions/<int:number>"
INSTRUMENT = "manage/surveys/instruments/<slug:key>/<str:version>"

app_name = "surveys"
urlpatterns = [
    path("surveys/", views.index, name="list"),
    path("surveys/files/<uuid:uid>/", views.file, name="file"),
    path("surveys/<slug:slug>/respond/", views.respond, name="respond"),
    path("surveys/<slug:slug>/answers/<slug:key>/", views.answer, name="answer"),
    path("surveys/<slug:slug>/review/", review_views.review, name="review"),
    path("surveys/<slug:slug>/print/", review_views.printed, name="print"),
    path("surveys/<slug:slug>/answers.pdf", review_views.pdf, name="pdf"),
    path("surveys/<slug:slug>/submissions/", submission_views.index, name="submissions"),
    path(f"{SUBMISSION}/", submission_views.show, name="submission"),
    path(f"{SUBMISSION}/print/", submission_views.printed, name="submission-print"),
    path(f"{SUBMISSION}/answers.pdf", submission_views.pdf, name="submission-pdf"),
    path("surveys/<slug:slug>/share/", sharing_views.share, name="share"),
    path("surveys/<slug:slug>/submit/", views.submit, name="submit"),
    path("surveys/<slug:slug>/overview/", team_views.overview, name="overview"),
    path("surveys/<slug:slug>/overview/reviewer/", team_views.name_reviewer, name="reviewer"),
    path(f"{SECTION}/", team_views.section, name="section"),
    path(f"{SECTION}/give/", team_views.give, name="give"),
    path(f"{SECTION}/ready/", team_views.ready, name="ready"),
    path(f"{SECTION}/sign-off/", team_views.sign_off, name="sign-off"),
    path(f"{SECTION}/return/", team_views.send_back, name="return"),
    path("surveys/<slug:slug>/findings.csv", export_views.answers, name="export-answers"),
    path("surveys/<slug:slug>/findings.xlsx", export_views.workbook, name="export-workbook"),
    path("surveys/<slug:slug>/findings.json", export_views.document, name="export-document"),
    path("surveys/<slug:slug>/findings-totals.csv", export_views.totals, name="export-totals"),
    path(
        "surveys/<slug:slug>/findings-codebook.csv", export_views.codebook, name="export-codebook"
    ),
    path("surveys/findings/", findings_views.index, name="findings-list"),
    path("surveys/<slug:slug>/findings/", findings_views.show, name="findings"),
    path("surveys/<slug:slug>/findings-spss.zip", export_views.spss_archive, name="export-spss"),
    path("surveys/<slug:slug>/findings/who/", who_views.show, name="who"),
    path("surveys/<slug:slug>/findings/trends/", trend_views.show, name="trends"),
    path(
        "surveys/<slug:slug>/findings/<slug:agency>/", findings_views.agency, name="findings-agency"
    ),
    path(
        "surveys/<slug:slug>/findings/<slug:agency>/<slug:key>/",
        inquiry_views.cell,
        name="findings-cell",
    ),
    path("surveys/questions/", inquiry_views.index, name="inquiries"),
    path("surveys/questions/<uuid:uid>/", inquiry_views.show, name="inquiry"),
    path("surveys/questions/<uuid:uid>/note/", inquiry_views.note, name="inquiry-note"),
    path("manage/surveys/questions/", inquiry_manage_views.index, name="manage-inquiries"),
    path(
        "manage/surveys/questions/<uuid:uid>/remove/",
        inquiry_manage_views.remove,
        name="manage-inquiry-remove",
    ),
    path("manage/surveys/", manage_views.index, name="manage-list"),
    path("manage/surveys/new/", manage_views.create, name="manage-create"),
    path("manage/surveys/instruments/", building_views.index, name="manage-surveys"),
    path("manage/surveys/instruments/new/", building_views.create, name="manage-survey-create"),
    path("manage/surveys/instruments/import/", exchange_views.upload, name="manage-survey-upload"),
    path(
        "manage/surveys/instruments/import/store/",
        exchange_views.store,
        name="manage-survey-store",
    ),
    path(f"{INSTRUMENT}/xlsform/", exchange_views.export, name="manage-survey-export"),
    path(f"{INSTRUMENT}/", building_views.detail, name="manage-survey"),
    path(f"{INSTRUMENT}/edit/", building_views.edit, name="manage-survey-edit"),
    path(f"{INSTRUMENT}/move/", building_views.move, name="manage-survey-move"),
    path(f"{INSTRUMENT}/remove/", building_views.remove, name="manage-survey-remove"),
    path(f"{INSTRUMENT}/discard/", building_views.discard, name="manage-survey-discard"),
    path(f"{INSTRUMENT}/topics/", filing_views.topics, name="manage-survey-topics"),
    path(f"{INSTRUMENT}/preview/", preview_views.start, name="manage-survey-preview"),
    path(f"{INSTRUMENT}/anew/", building_views.anew, name="manage-survey-anew"),
    path(f"{INSTRUMENT}/changes/", building_views.changes, name="manage-survey-changes"),
    path(f"{INSTRUMENT}/sections/new/", building_views.add_section, name="manage-section-add"),
    path(
        f"{INSTRUMENT}/sections/<slug:section>/",
        building_views.edit_section,
        name="manage-section-edit",
    ),
    path(
        f"{INSTRUMENT}/sections/<slug:section>/add/",
        building_views.add_question,
        name="manage-question-add",
    ),
    path(
        f"{INSTRUMENT}/questions/<slug:question>/",
        building_views.edit_question,
        name="manage-question-edit",
    ),
    path("manage/surveys/<slug:slug>/", manage_views.detail, name="manage-detail"),
    path("manage/surveys/<slug:slug>/totals/", releasing_views.releases, name="manage-releases"),
    path("manage/surveys/<slug:slug>/mutual/", mutual_views.choose, name="manage-mutual"),
    path("manage/surveys/<slug:slug>/invite/", manage_views.invite, name="manage-invite"),
    path("manage/surveys/<slug:slug>/extend/", manage_views.extend, name="manage-extend"),
    path(
        "manage/surveys/<slug:slug>/extend/<slug:agency>/",
        manage_views.extend_one,
        name="manage-extend-one",
    ),
    path(
        "manage/surveys/<slug:slug>/reopen/<slug:agency>/",
        manage_views.reopen,
        name="manage-reopen",
    ),
    path("manage/surveys/<slug:slug>/close/", manage_views.close, name="manage-close"),
]
