"""Whether everything that Teams must give is there, each with what to do when it is not."""

from adapters.teams.inbound import FULL
from adapters.teams.places import PLATFORM
from adapters.teams.signing_keys import SigningKeys, Unavailable
from adapters.teams.tokens import Tokens
from adapters.teams.transport import Lost, Place, Refused, Transport, Unsent
from bot.company import Company
from bot.findings import Finding

KEYS = "the Bot Connector's keys can be had"


async def examine(
    company: Company, tokens: Tokens, keys: SigningKeys, transport: Transport, anywhere: Place
) -> list[Finding]:
    """Looks at the secret, the keys and the channels. Writes nothing.

    `anywhere` is a place of the tenant, whatever its conversation.
    """
    findings = [await _token(tokens), await _keys(keys)]
    if not findings[0].right:
        return findings
    addresses = {*company.desk_channels, *(site.channel for site in company.sites)}
    for address in sorted(addresses):
        platform, _, channel = address.partition(":")
        if platform == PLATFORM:
            place = Place(anywhere.service_url, channel, anywhere.bot, anywhere.tenant)
            is_desk = address in company.desk_channels
            findings.append(await _channel(transport, place, is_desk=is_desk))
    return findings


async def _token(tokens: Tokens) -> Finding:
    try:
        await tokens.bearer()
    except Unsent:
        return Finding(
            False,
            "Entra gives no token: are MAMORI_TEAMS_APP_ID, MAMORI_TEAMS_TENANT and "
            "MAMORI_TEAMS_SECRET right, has the secret ended, can this machine reach Entra?",
        )
    return Finding(True, "Entra takes the app id, the tenant and the secret")


async def _keys(keys: SigningKeys) -> Finding:
    try:
        await keys.find("")
    except Unavailable:
        return Finding(False, f"unless {KEYS} nobody is let in: can this machine reach Microsoft?")
    return Finding(True, KEYS)


async def _channel(transport: Transport, place: Place, *, is_desk: bool) -> Finding:
    name = place.conversation
    try:
        members = await transport.members(place)
    except Refused as refused:
        what = "add the app to this channel's team, and to the channel if it is private"
        return Finding(False, f"{name}: {what} ({refused})")
    except (Unsent, Lost):
        return Finding(False, f"{name}: no answer; try again")
    guests = sum(member.get("userRole") != FULL for member in members)
    if is_desk and guests:
        return Finding(False, f"{name}: {guests} guests read the desk's cards; take them out")
    kind = "the desk's channel" if is_desk else "a site's channel"
    return Finding(True, f"{name}: {kind}, with {len(members)} members, and the app is in it")
