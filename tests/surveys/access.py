"""Who gets what at the addresses of findings; tests/test_access.py says how to read it."""

FINDINGS = """\
# Sharing and findings
/surveys/wave/share/                        302 405 405 405 405 405 405 405 | 302 404 404 404 403 302 404 404
/surveys/done/share/                        302 405 405 405 405 405 405 405 | 302 404 404 404 403 302 404 404
/surveys/theirs/share/                      302 405 405 405 405 405 405 405 | 302 404 403 404 404 404 404 404
/surveys/findings/                          200                             | 405
/surveys/wave/findings/                     404 404 404 404 404 404 200 200 | 405
/surveys/done/findings/                     404 404 404 404 200 200 200 200 | 405
/surveys/done/findings.csv                 404 404 404 404 200 200 200 200 | 404 404 404 404 302 302 302 302
/surveys/done/findings.xlsx                404 404 404 404 200 200 200 200 | 404 404 404 404 302 302 302 302
/surveys/done/findings.json                404 404 404 404 200 200 200 200 | 404 404 404 404 302 302 302 302
/surveys/done/findings-totals.csv          404 404 404 404 200 200 200 200 | 404 404 404 404 302 302 302 302
/surveys/done/findings-codebook.csv        404 404 404 404 200 200 200 200 | 404 404 404 404 302 302 302 302
/surveys/done/findings/trends/              404                             | 405
/surveys/done/findings/numbers/amount/      404 404 404 404 200 200 200 200 | 405
/surveys/done/findings/numbers/q/           404                             | 405
/surveys/done/findings/who/                 404 404 404 404 200 200 200 200 | 405
/surveys/done/findings-spss.zip             404 404 404 404 200 200 200 200 | 404 404 404 404 302 302 302 302
/surveys/unsent/findings/                   404                             | 405
/surveys/done/findings/home/                404 404 404 404 200 200 200 200 | 405
/surveys/done/findings/other/               404                             | 405
/surveys/done/findings/home/file/           404 404 404 404 200 200 200 200 | 302 404 404 404 403 403 403 403
/surveys/done/findings/home/nothing/        404                             | 302 404 404 404 404 404 404 404
/surveys/questions/                         302 200 200 200 200 200 200 200 | 302 405 405 405 405 405 405 405
/surveys/questions/{inquiry}/               302 404 200 404 200 200 200 200 | 302 404 403 404 403 200 403 403
/surveys/questions/{inquiry}/note/          405                             | 302 404 403 404 403 302 403 403
/manage/surveys/questions/                  302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/questions/{inquiry}/remove/ 302 403 403 403 403 403 405 405 | 302 403 403 403 403 403 200 200
/manage/surveys/instruments/draft/1/topics/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 302 302
/manage/surveys/wave/mutual/                302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 302 302
/manage/surveys/wave/totals/                302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 302 302
/manage/surveys/unsent/totals/1/              302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/unsent/totals/2/              302 403 403 403 403 403 404 404 | 302 403 403 403 403 403 405 405
/manage/surveys/unsent/totals/1/questions/q/  302 403 403 403 403 403 404 404 | 302 403 403 403 403 403 405 405
/manage/surveys/unsent/totals/1/questions/amount/ 302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 405 405
/manage/surveys/unsent/totals/1/withdraw/     302 403 403 403 403 403 200 200 | 302 403 403 403 403 403 200 200
"""  # noqa: E501 a table wants its columns
