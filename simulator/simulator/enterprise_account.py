"""The person of an enterprise in the demo: an account made by the administrator over the public API, bound to one enterprise.

Whoever gets a new account must choose a password of their own at the first sign-in; so does this one.
"""

import secrets

import httpx

from simulator.park_api import ApiRefused, ParkApi
from simulator.park_plan import EnterpriseSite, enterprises

_ENTERPRISE_NUMBER = 5
"""Of the enterprise whose waste water (YL05-DW001) the demo lets go over its limit first: its person has something to answer."""


def enterprise_of_the_demo() -> EnterpriseSite:
    """Return that enterprise."""
    return next(site for site in enterprises() if site.number == _ENTERPRISE_NUMBER)


async def ensure_enterprise_account(api: ParkApi, url: str, credit_code: str, username: str, password: str) -> bool:
    """Make the account if nobody can sign in with it; return whether it was made.

    `api` is signed in as an administrator, the enterprise is registered. Raises ApiRefused (also where the name belongs to
    somebody with another password).
    """
    if await _can_sign_in(url, username, password):
        return False
    found = [one for one in await api.all_items("/enterprises") if one["credit_code"] == credit_code]
    first_password = f"Once-{secrets.token_urlsafe(12)}-7"
    account = {
        "username": username,
        "display_name": "企业环保员 赵强",
        "role": "enterprise",
        "password": first_password,
        "enterprise_id": found[0]["enterprise_id"],
    }
    await api.request("POST", "/users", json=account)
    async with ParkApi(url, username, first_password) as person:
        await person.request("POST", "/auth/password", json={"old_password": first_password, "new_password": password})
    return True


async def _can_sign_in(url: str, username: str, password: str) -> bool:
    try:
        async with ParkApi(url, username, password):
            return True
    except ApiRefused as refused:
        if refused.status == httpx.codes.UNAUTHORIZED:
            return False
        raise
