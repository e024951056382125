"""How many tries there are: beside allauth's own limits, which stand for every other form.

A key is a network address and an account, an account, or a browser that is known;
accounts.limits says which.
"""

RATES = {
    "answer_by_link": "20/m/ip,10/h/key",  # presses without signing in; the key is an invitation
    "join_by_link": "20/m/ip",  # links that open nothing
    "login": "",  # tries are counted with the account, below
    "wrong_password": "30/m/ip,5/5m/key",
    "wrong_password_account": "20/h/key",
    "wrong_password_known": "10/10m/key",
    "login_failed": "5/5m/key",  # codes of second factors; the key is a person
    "code_sent": "5/h/key",
    "code_sent_account": "30/h/key",
    "code_sent_known": "5/h/key",
    "request_login_code": "20/m/ip",
    "reset_password": "20/m/ip,6/h/key",  # the link that came serves its owner, whoever asked
}
