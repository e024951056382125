"""Who gets what at every address: one line an address, with the status for each kind of person."""

import pytest
from django.urls import get_resolver, resolve

from tests.addresses import GROUPS, Ask, example, routes, walk
from tests.scene import PEOPLE, Scene
from tests.surveys.access import FINDINGS

# GET, then POST of an empty form. One status stands for everybody; eight are, in this order, for
# visitor, participant, outsider (staff of another agency), facilitator, staff, coordinator,
# organiser and administrator. Words in braces and slugs are those of tests/scene.py.
TABLE = """
# Everybody's pages
/                                           200                             | 405
/topics/                                    200                             | 405
/topics/topic/                              200                             | 405
/topics/none/                               404                             | 405
/topics/topic/calendar.ics                  200                             | 405
/topics/none/calendar.ics                   404                             | 405
/library/                                   200                             | 405
/library/?q=webinar&page=9&year=0           200                             | 405
/agencies/                                  200                             | 405
/agencies/home/                             200                             | 405
/agencies/none/                             404                             | 405
/accessibility/                             200                             | 405
/privacy/                                   200                             | 405
/sitemap.xml                                200                             | 405
/robots.txt                                 200                             | 405
/.well-known/security.txt                   200                             | 405
/healthz                                    200                             | 405
/readyz                                     503                             | 405
/metrics                                    200                             | 405
# Webinars
/webinars/                                  200                             | 405
/webinars/calendar.ics                      200                             | 405
/webinars/feed/                             200                             | 405
/webinars/public/                           200                             | 405
/webinars/members/                          404 404 200 404 200 200 200 200 | 405
/webinars/closed/                           404 404 404 200 200 200 200 200 | 405
/webinars/draft/                            404 404 404 404 404 404 200 200 | 405
/webinars/past-closed/                      404 404 404 200 200 200 200 200 | 405
/webinars/public/calendar.ics               200                             | 405
/webinars/members/calendar.ics              404 404 200 404 200 200 200 200 | 405
/webinars/closed/calendar.ics               404 404 404 200 200 200 200 200 | 405
/webinars/draft/calendar.ics                404                             | 405
/webinars/public/register/                  302                             | 302
/webinars/members/register/                 302 404 302 404 302 302 302 302 | 302 404 302 404 302 302 302 302
/webinars/closed/register/                  302 404 404 302 302 302 302 302 | 302 404 404 302 302 302 302 302
/webinars/draft/register/                   302 404 404 404 404 404 302 302 | 302 404 404 404 404 404 302 302
/webinars/public/cancel/                    302                             | 302
/webinars/members/cancel/                   302 404 302 404 302 302 302 302 | 302 404 302 404 302 302 302 302
/webinars/closed/cancel/                    302 404 404 302 302 302 302 302 | 302 404 404 302 302 302 302 302
/webinars/public/join/                      302 200 200 200 200 200 200 200 | 302 200 200 200 200 200 200 200
/webinars/members/join/                     302 404 200 404 200 200 200 200 | 302 404 200 404 200 200 200 200
/webinars/closed/join/                      302 404 404 200 200 200 200 200 | 302 404 404 200 200 200 200 200
/webinars/draft/join/                       302 404 404 404 404 404 404 404 | 302 404 404 404 404 404 404 404
/join/{join}/                               200                             | 200
/join/forged/                               404                             | 404
/speaking/{speaking}/                       200                             | 200
/speaking/{speaking}/join/                  200                             | 200
/speaking/forged/                           404                             | 404
/speaking/forged/join/                      404                             | 404
/webinars/draft/cancel/                     302 404 404 404 404 404 302 302 | 302 404 404 404 404 404 302 302
/webinars/public/substitute/                302 200 200 200 200 200 200 200 | 302 200 200 200 200 200 200 200
/webinars/closed/substitute/                302 404 404 200 200 200 200 200 | 302 404 404 200 200 200 200 200
/webinars/public/colleagues/                302 403 403 403 403 200 403 403 | 302 403 403 403 403 404 403 403
/webinars/closed/colleagues/                302 404 404 403 403 200 403 403 | 302 404 404 403 403 404 403 403
/places/{place}/                            200                             | 302
/places/{closed_place}/                     404                             | 404
/places/forged/                             404                             | 404
/webinars/past-public/recording/            200                             | 405
/webinars/past-members/recording/           404 404 200 404 200 200 200 200 | 405
/webinars/public/recording/                 404                             | 405
/webinars/past-public/recording/video       404                             | 405
/webinars/past-public/recording/captions.vtt 200                             | 405
/webinars/past-members/recording/captions.vtt 404 404 200 404 200 200 200 200 | 405
/webinars/past-public/pulse/                302 200 404 404 404 404 404 404 | 302 200 404 404 404 404 404 404
/webinars/public/pulse/                     302 404 404 404 404 404 404 404 | 302 404 404 404 404 404 404 404
/webinars/past-closed/pulse/                302 404 404 404 404 404 404 404 | 302 404 404 404 404 404 404 404
# Communities and sessions
/communities/                               200                             | 405
/communities/community/                     200                             | 405
/communities/unlisted/                      404 404 404 200 200 200 200 200 | 405
/communities/community/s-summary/           200                             | 405
/communities/community/s-inner/             404 404 404 200 200 200 200 200 | 405
/communities/community/s-draft/             404 404 404 200 404 404 200 200 | 405
/communities/community/past-s-inner/        404 404 404 200 200 200 200 200 | 405
/communities/unlisted/s-unlisted/           404 404 404 200 200 200 200 200 | 405
/communities/unlisted/s-inner/              404                             | 405
/communities/community/s-summary/rsvp/      302 404 404 302 302 302 302 302 | 302 404 404 302 302 302 302 302
/communities/community/s-inner/rsvp/        302 404 404 302 302 302 302 302 | 302 404 404 302 302 302 302 302
/communities/community/s-draft/rsvp/        302 404 404 302 404 404 302 302 | 302 404 404 302 404 404 302 302
/communities/unlisted/s-unlisted/rsvp/      302 404 404 302 302 302 302 302 | 302 404 404 302 302 302 302 302
/communities/unlisted/s-unlisted/calendar.ics 302 404 404 200 200 200 200 200 | 405
/communities/community/s-summary/calendar.ics 302 404 404 200 200 200 200 200 | 405
/communities/community/s-inner/calendar.ics 302 404 404 200 200 200 200 200 | 405
/communities/community/s-draft/calendar.ics 302 404 404 200 404 404 200 200 | 405
# Files
/files/{public_file}/                       200                             | 405
/files/{members_file}/                      404 404 200 404 200 200 200 200 | 405
/files/{community_file}/                    404 404 404 200 200 200 200 200 | 405
/files/versions/{community_version}/        404 404 404 200 404 404 200 200 | 405
/files/versions/{public_version}/           404 404 404 404 404 404 200 200 | 405
# Surveys
/surveys/                                   302 200 200 200 200 200 200 200 | 302 405 405 405 405 405 405 405
/surveys/wave/respond/                      302 404 404 404 200 200 404 404 | 302 404 404 404 302 302 404 404
/surveys/done/respond/                      302 404 404 404 302 302 404 404 | 302 404 404 404 409 409 404 404
/surveys/unsent/respond/                    302 404 404 404 404 404 404 404 | 302 404 404 404 404 404 404 404
/surveys/theirs/respond/                    302 404 200 404 404 404 404 404 | 302 404 302 404 404 404 404 404
/surveys/wave/respond/?agency=home          302 404 404 404 200 200 404 404 | 302 404 404 404 302 302 404 404
/surveys/wave/review/                       302 404 404 404 200 200 404 404 | 302 405 405 405 405 405 405 405
/surveys/wave/review/?agency=home           302 404 404 404 200 200 404 404 | 302 405 405 405 405 405 405 405
/surveys/done/review/?agency=home           302 404 404 404 200 200 200 200 | 302 405 405 405 405 405 405 405
/surveys/theirs/review/?agency=other        302 404 200 404 404 404 404 404 | 302 405 405 405 405 405 405 405
/surveys/wave/print/                        302 404 404 404 200 200 404 404 | 302 405 405 405 405 405 405 405
/surveys/wave/print/?agency=home            302 404 404 404 200 200 404 404 | 302 405 405 405 405 405 405 405
/surveys/done/print/?agency=home            302 404 404 404 200 200 200 200 | 302 405 405 405 405 405 405 405
/surveys/wave/answers/q/                    405                             | 401 404 404 404 200 200 404 404
/surveys/wave/answers/q/?agency=home        405                             | 401 404 404 404 200 200 404 404
/surveys/done/answers/q/                    405                             | 401 404 404 404 403 403 404 404
/surveys/theirs/answers/q/                  405                             | 401 404 200 404 404 404 404 404
/surveys/wave/submit/                       302 405 405 405 405 405 405 405 | 302 404 404 404 403 302 404 404
/surveys/done/submit/                       302 405 405 405 405 405 405 405 | 302 404 404 404 403 302 404 404
/surveys/theirs/submit/                     302 405 405 405 405 405 405 405 | 302 404 403 404 404 404 404 404
/surveys/files/{answer_file}/               302 404 404 404 200 200 404 404 | 405
/surveys/files/{done_file}/                 302 404 404 404 200 200 200 200 | 405
# A person's own pages
/my/                                        302 200 200 200 200 200 200 200 | 302 405 405 405 405 405 405 405
/my/profile/                                302 200 200 200 200 200 200 200 | 302 200 200 200 200 200 200 200
/my/calendar/                               302 200 200 200 200 200 200 200 | 302
/my/calendar/{agenda}                       200                             | 405
/my/calendar/forged.ics                     404                             | 405
/my/notifications/                          302 200 200 200 200 200 200 200 | 302
/mail/reports/                              404                             | 404
/unsubscribe/{token}/                       200                             | 200
/unsubscribe/forged/                        404                             | 404
/my/agency/                                 302 200 200 200 200 200 200 200 | 405
/my/agency/approve/                         405                             | 302
/my/agency/decline/                         405                             | 302
/my/agency/appoint/                         405                             | 302
/my/agency/end/                             405                             | 302
/my/agency/home/ask/                        405                             | 302
/my/agency/home/leave/                      405                             | 302 404 404 404 302 302 404 404
/my/agency/home/edit/                       302 403 403 403 403 200 200 200 | 302 403 403 403 403 200 200 200
/my/agency/other/edit/                      302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/my/learning/                               302 200 200 200 200 200 200 200 | 302 405 405 405 405 405 405 405
/my/agency/home/learning/                   302 403 403 403 403 200 200 200 | 302 405 405 405 405 405 405 405
/my/agency/other/learning/                  302 403 403 403 403 403 200 200 | 302 405 405 405 405 405 405 405
/my/agency/home/learning.csv                302 403 403 403 403 200 200 200 | 302 405 405 405 405 405 405 405
/certificates/{certificate}/                200                             | 405
/certificates/none/                         404                             | 405
/certificates/{certificate}/certificate.pdf 302 200 404 404 404 404 200 200 | 302 405 405 405 405 405 405 405
# The organisers' console
/manage/                                    302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/deliveries/address/                 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/deliveries/                         302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/texts/                              302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/texts/webinar-receipt/              302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/texts/webinar-receipt/sample/       302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/texts/webinar-receipt/restore/      302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/texts/none/                         302 403 403 403 403 403 404 404 | 302 403 403 403 403 403 404 404
/manage/people/                             302 403 403 403 403 403 200 200 | 405
/manage/people/add/                         302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/rules/              302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/questions/          302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/access/             302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 404 404
/manage/series/series/questions/            302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/approvals/          302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/series/series/rules/                302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/series/                             302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/series/new/                         302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/series/series/                      302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/series/series/edit/                 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/series/series/remove/               302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/                           302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/new/                       302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/                    302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/public/edit/               302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/draft/publish/             302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/draft/publish/take-back/   302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/public/cancel/             302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/reinstate/          302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/speakers/           302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/speakers/ask/       302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/public/materials/          302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 404 404
/manage/webinars/public/registrations.csv   302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/public/deliveries/         302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/past-public/attendance/    302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/attendance/         302 403 403 403 403 403 404 404 | 302 403 403 403 403 403 404 404
/manage/webinars/past-draft/attendance/     302 403 403 403 403 403 404 404 | 302 403 403 403 403 403 404 404
/manage/webinars/past-public/attendance/confirm/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/past-public/attendance/assign/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/past-public/attendance/rule/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/past-public/attendance/{attendance}/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/past-public/attendance.csv 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/past-public/certificates/  302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 302 302
/manage/webinars/public/reminders/          302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 302 302
/manage/series/series/reminders/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 302 302
/manage/webinars/public/messages/          302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/public/messages/new/      302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/messages/{mailing}/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/public/messages/{mailing}/edit/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/public/messages/{mailing}/copies/1/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/public/messages/{mailing}/try/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/public/messages/{mailing}/send/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/public/messages/{mailing}/again/302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/public/messages/{mailing}/undo/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/past-public/recording/     302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/webinars/past-public/recording/video/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/past-public/recording/captions/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/past-public/recording/transcript/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/past-public/recording/chapters/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/webinars/past-public/recording/publish/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/webinars/past-public/pulse/         302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/sessions/                           302 403 403 200 403 403 200 200 | 302 403 403 405 403 403 405 405
/manage/sessions/new/                       302 403 403 200 403 403 200 200 | 302 403 403 200 403 403 200 200
/manage/sessions/s-inner/                   302 403 403 200 403 403 200 200 | 302 403 403 405 403 403 405 405
/manage/sessions/s-inner/edit/              302 403 403 200 403 403 200 200 | 302 403 403 200 403 403 200 200
/manage/sessions/s-draft/publish/           302 403 403 405 403 403 405 405 | 302 403 403 302 403 403 302 302
/manage/sessions/s-inner/cancel/            302 403 403 405 403 403 405 405 | 302 403 403 302 403 403 302 302
/manage/communities/                        302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/communities/new/                    302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/communities/community/              302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/communities/unlisted/               302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/communities/community/edit/         302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/communities/community/let-in/       302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/communities/community/take-out/home/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/communities/community/appoint/      302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/communities/community/dismiss/1/    302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/resources/                          302 403 403 200 403 403 200 200 | 302 403 403 405 403 403 405 405
/manage/resources/new/                      302 403 403 200 403 403 200 200 | 302 403 403 200 403 403 200 200
/manage/resources/{community_file}/         302 403 403 200 403 403 200 200 | 302 403 403 200 403 403 200 200
/manage/resources/{public_file}/            302 403 403 404 403 403 200 200 | 302 403 403 404 403 403 200 200
/manage/resources/{community_file}/remove/  302 403 403 405 403 403 405 405 | 302 403 403 302 403 403 302 302
/manage/resources/{community_file}/attach/  302 403 403 405 403 403 405 405 | 302 403 403 302 403 403 302 302
/manage/resources/{community_file}/detach/  302 403 403 405 403 403 405 405 | 302 403 403 404 403 403 404 404
/manage/versions/{community_version}/erase/ 302 403 403 405 403 403 405 405 | 302 403 403 302 403 403 302 302
/manage/versions/{public_version}/erase/    302 403 403 405 403 403 405 405 | 302 403 403 404 403 403 302 302
/manage/surveys/                            302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/new/                        302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/wave/                       302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/wave/invite/                302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/surveys/wave/extend/                302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 200 200
/manage/surveys/done/reopen/home/           302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/wave/close/                 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/surveys/instruments/                302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/instruments/new/            302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/instruments/import/         302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/instruments/import/store/   302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/surveys/instruments/draft/1/        302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/instruments/draft/1/edit/   302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/instruments/draft/1/move/   302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 404 404
/manage/surveys/instruments/draft/1/remove/?question=q 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 302 302
/manage/surveys/instruments/draft/1/discard/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 302 302
/manage/surveys/instruments/draft/1/preview/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/instruments/draft/1/anew/   302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/instruments/draft/1/changes/ 302 403 403 403 403 403 404 404 | 302 403 403 403 403 403 405 405
/manage/surveys/instruments/draft/1/xlsform/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/instruments/draft/1/sections/new/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/instruments/draft/1/sections/basics/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/instruments/draft/1/sections/basics/add/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
/manage/surveys/instruments/draft/1/questions/q/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
# Signing in
/accounts/login/                            200 302 302 302 302 302 302 302 | 200 302 302 302 302 302 302 302
/accounts/logout/                           302 200 200 200 200 200 200 200 | 302
/accounts/signup/                           200 302 302 302 302 302 302 302 | 200 302 302 302 302 302 302 302
/accounts/inactive/                         200                             | 405
/accounts/confirm-email/                    302                             | 302
/accounts/login/code/confirm/               302                             | 302
/accounts/reauthenticate/                   302 200 200 200 200 200 200 200 | 302 200 200 200 200 200 200 200
/accounts/email/                            302 200 200 200 200 200 200 200 | 302
/accounts/password/change/                  302 200 200 200 200 200 200 200 | 302 200 200 200 200 200 200 200
/accounts/password/set/                     302                             | 302
/accounts/password/reset/                   200                             | 200
/accounts/password/reset/done/              200                             | 405
/accounts/password/reset/key/1-forged/      200                             | 200
/accounts/password/reset/key/done/          200                             | 405
/accounts/2fa/                              302 200 200 200 200 200 200 200 | 302 405 405 405 405 405 405 405
/accounts/2fa/authenticate/                 302                             | 302
/accounts/2fa/reauthenticate/               302 302 302 302 302 200 200 200 | 302 302 302 302 302 200 200 200
/accounts/2fa/totp/activate/                302 200 200 200 200 302 302 302 | 302 200 200 200 200 302 302 302
/accounts/2fa/totp/deactivate/              302 404 404 404 404 200 200 200 | 302 404 404 404 404 302 302 302
/accounts/2fa/recovery-codes/               302 404 404 404 404 404 404 404 | 302 405 405 405 405 405 405 405
/accounts/2fa/recovery-codes/generate/      302 200 200 200 200 200 200 200 | 302 200 200 200 200 302 302 302
/accounts/2fa/recovery-codes/download/      302 404 404 404 404 404 404 404 | 302 404 404 404 404 404 404 404
/accounts/2fa/webauthn/                     302 200 200 200 200 200 200 200 | 302 405 405 405 405 405 405 405
/accounts/2fa/webauthn/add/                 302 200 200 200 200 200 200 200 | 302 200 200 200 200 200 200 200
/accounts/2fa/webauthn/login/               302                             | 302
/accounts/2fa/webauthn/reauthenticate/      302                             | 302
/accounts/2fa/webauthn/keys/{key}/edit/     302 404 404 404 404 404 404 404 | 302 404 404 404 404 404 404 404
/accounts/2fa/webauthn/keys/{key}/remove/   302 404 404 404 404 404 404 404 | 302 404 404 404 404 404 404 404
"""  # noqa: E501 a table wants its columns
TABLE += FINDINGS


def sections() -> dict[str, list[str]]:
    """Return the table's lines by their heading."""
    found: dict[str, list[str]] = {}
    for line in TABLE.splitlines():
        if line.startswith("#"):
            lines = found.setdefault(line.removeprefix("# "), [])
        elif line:
            lines.append(line)
    return found


@pytest.fixture(scope="module")
def ask(world: Scene) -> Ask:
    """Everybody, signed in once for all addresses."""
    return Ask(world)


def test_every_address_has_a_row(ask: Ask):
    addresses = [line.split()[0] for lines in sections().values() for line in lines]
    paths = [address.format(**ask.words).partition("?")[0] for address in addresses]

    missing = routes() - {resolve(path).route for path in paths}

    lines = [f"{route}\n    {ask.row(example(route))}" for route in sorted(missing)]
    assert not lines, (
        "No row in tests/test_access.py. These say what happens now: add each after checking "
        "that every status is right, with a row for each thing that somebody must not see.\n"
        + "\n".join(lines)
    )


@pytest.mark.parametrize("section", sections())
def test_everybody_gets_what_the_table_says(ask: Ask, section: str):
    lines = sections()[section]

    found = [ask.row(line.split()[0]) for line in lines]

    wrong = [row for row, line in zip(found, lines, strict=True) if row.split() != line.split()]
    assert not wrong, "The table says otherwise. Now:\n" + "\n".join(wrong)


def test_administration_lets_only_administrators_in(ask: Ask):
    pages = [route for route in walk(get_resolver()) if route.startswith(GROUPS)]

    found = {
        tuple(ask.status(name, "GET", f"/{page}") == "200" for name in PEOPLE)
        for page in pages
        if "<" not in page and not page.startswith(("admin/log", "admin/jsi18n", "admin/autocom"))
    }

    nobody, last = (False,) * 8, (*(False,) * 7, True)
    assert found == {nobody, last}  # nobody: where rows are not added by hand
