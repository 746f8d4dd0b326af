"""Random tables and conversations with personal data in every place that a prompt is made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from services.code.personal import PersonalKind
from services.code.personal.gazetteer import common_words, key, listed
from tests.personal_data import PRODUCTS, REGIONS, Maker
from tests.scripted_provider import Request

ROWS: Final = 30
HEADERS: Final = {
    PersonalKind.EMAIL: ("email", "contact mail", "E-Mail"),
    PersonalKind.PHONE: ("phone", "mobile", "Telefon"),
    PersonalKind.NAME: ("customer", "full_name", "Kunde", "name"),
    PersonalKind.ADDRESS: ("address", "street address", "delivery"),
    PersonalKind.NATIONAL_ID: ("ssn", "national id", "tax number"),
    PersonalKind.IBAN: ("iban", "account", "bank"),
    PersonalKind.CARD: ("card number", "credit_card", "payment"),
    PersonalKind.IP: ("ip", "last seen from", "client ip"),
    PersonalKind.BIRTH_DATE: ("date of birth", "dob", "birthday"),
}
ASKED: Final = {
    PersonalKind.EMAIL: ("how many orders came from {}", "total price for {}", "rows where the mail is {}"),
    PersonalKind.PHONE: ("who called from {}", "orders with the phone number {}", "is {} in the table"),
    PersonalKind.NAME: (
        "how many orders did {} place",
        "average price for {}",
        "show {}'s orders",
        "what did {} buy last",
    ),
    PersonalKind.ADDRESS: ("orders sent to {}", "how many parcels went to {}"),
    PersonalKind.NATIONAL_ID: ("find the person with ssn {}", "rows for {}"),
    PersonalKind.IBAN: ("payments from {}", "sum of prices paid from account {}"),
    PersonalKind.CARD: ("how much was paid with card {}", "orders charged to {}"),
    PersonalKind.IP: ("requests from {} by month", "how many rows have the ip {}"),
    PersonalKind.BIRTH_DATE: ("customers born on {}", "price paid by people with the birthday {}"),
}
FORMS: Final = (
    "bonus of {}",
    "{}",
    "paid to {}",
    "{}'s share",
)
"""Names of columns that hold a name, an email or a phone number."""
TOKEN: Final = re.compile(r"(?:EMAIL|IBAN|CARD|IDNUMBER|IPADDRESS|PHONE|BIRTHDATE|ADDRESS|PERSON)-\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Planted:
    """One round: a table, what was asked before, what is asked now, and every value that must not leave."""

    columns: dict[str, list[str]]
    earlier: str
    question: str
    asked: str
    """The value in the question."""
    column: str
    """The column that holds it."""
    secrets: tuple[str, ...]


def plant(maker: Maker) -> Planted:
    """A random round. The value asked for stands in the table two times in three, elsewhere otherwise."""
    rng = maker.rng
    kinds = rng.sample(list(PersonalKind), k=rng.randint(3, len(PersonalKind)))
    headers = {kind: rng.choice(HEADERS[kind]) for kind in kinds}
    columns = {headers[kind]: [maker.value(kind) for _ in range(ROWS)] for kind in kinds}
    columns |= {
        "product": rng.choices(PRODUCTS, k=ROWS),
        "region": rng.choices(REGIONS, k=ROWS),
        "price": [f"{rng.uniform(1, 900):.2f}" for _ in range(ROWS)],
        "comment": [f"asked {maker.email()} about parcel {number}" for number in range(ROWS)],
    }
    named = maker.value(rng.choice([PersonalKind.EMAIL, PersonalKind.PHONE, PersonalKind.NAME]))
    columns[rng.choice(FORMS).format(named)] = [str(rng.randint(1, 99)) for _ in range(ROWS)]
    kind, before = rng.choice(kinds), rng.choice(list(PersonalKind))
    in_table = rng.random() < 0.67
    asked = rng.choice(columns[headers[kind]]) if in_table else maker.value(kind)
    typed = asked.lower() if in_table and rng.random() < 0.3 else asked
    old = maker.value(before)
    return Planted(
        columns=columns,
        earlier=rng.choice(ASKED[before]).format(old),
        question=rng.choice(ASKED[kind]).format(typed),
        asked=typed,
        column=headers[kind],
        secrets=(
            *(value for name in headers.values() for value in columns[name]),
            named,
            asked,
            old,
            *columns["comment"],
        ),
    )


def leaked(request: Request, secrets: tuple[str, ...]) -> list[str]:
    """The secrets, and words of names among them, that a request holds in whatever case and escaping."""
    said = "\n".join(_texts(request.body)).casefold()
    words = set(re.findall(r"[^\W\d_]{4,}", said))
    return [secret for secret in dict.fromkeys(secrets) if secret.casefold() in said or _is_told(secret, words)]


def _is_told(secret: str, words: set[str]) -> bool:
    """Whether a word of a name, one that is no common word, is told."""
    if any(c.isdigit() or c == "@" for c in secret):
        return False
    own = {word.casefold() for word in re.findall(r"[^\W\d_]{4,}", secret)}
    return bool({word for word in own & words if key(word) not in common_words() | listed("titles")})


def _texts(body: dict[str, Any]) -> Iterator[str]:
    """All that is sent but our own instructions, also without the escapes in it."""
    for message in body["messages"]:
        if message["role"] != "system":
            text = message["content"]
            yield text
            yield re.sub(r"\\+(?:[nt]|u0{3}[\da-f])?", " ", text)


def token_in(request: Request) -> str:
    """The token in the question of a request, or the question's words when it has none."""
    question = request.body["messages"][1]["content"].rpartition("# Question")[2]
    found = TOKEN.findall(question)
    return found[-1] if found else question.strip()
