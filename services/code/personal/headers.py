"""What the name of a column says about the personal data in it, in several languages."""

from __future__ import annotations

import re
from typing import Final

from services.code.personal.gazetteer import key
from services.code.personal.kinds import PersonalKind

_SPLIT: Final = re.compile(
    r"[\W_]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=\d)(?=[^\W\d])"
    r"|(?<=[^\W\d])(?=\d)"
)

SURE: Final[dict[PersonalKind, str]] = {
    PersonalKind.EMAIL: r"\be ?mails?\b|\bmail( address| adresse)?$|correo|courriel",
    PersonalKind.IBAN: r"\biban\b",
    PersonalKind.CARD: r"\b(credit|debit|bank|payment) ?card ?(no|nr|num|number)?$|\bcc ?(no|nr|num|number)\b"
    r"|\bcard ?(no|nr|num|number)\b|kreditkarte|carte (de credit|bancaire)|tarjeta|\bpan\b",
    PersonalKind.NATIONAL_ID: r"\bss ?n\b|social security|sozialversicherung|securite sociale"
    r"|national ?(id|insurance|identity|identification)|\bnino\b|\bpersonal ?(id|identity|identification|code)"
    r"|personnummer|fodselsnummer|identity (card|number|document)|\bid card\b|passport|reisepass|passeport"
    r"|pasaporte"
    r"|driver'?s? ?licen[cs]e|driving ?licen[cs]e|licen[cs]e (no|nr|number)$|\bcpf\b|\bcurp\b|\bdni\b"
    r"|\bnie\b|\bpesel\b"
    r"|\bbsn\b|\bnhs( number| no)?\b|aadhaar|codice fiscale|\bcnp\b|\bnir\b|\bhetu\b|isikukood|\bcpr\b|\bsin\b"
    r"|\btax ?(id|payer|number|no|file)\b|steuer ?(id|identifikation|nummer)|personalausweis|\bmedicare\b"
    r"|\bnric\b"
    r"|rodne cislo|kennitala|\bgovernment id\b|\bgov id\b",
    PersonalKind.IP: r"\bip( ?v?[46])?( ?(addr|address|adresse))?$|^ip\b|\bip (addr|address)|\bclient ip\b"
    r"|\bremote addr",
    PersonalKind.PHONE: r"\b(tele)?phones?\b|\btele?fono?s?\b|\btel\b|\bmobile( no| nr| number| phone)?$"
    r"|\bcell(phone| phone| no| number)\b"
    r"|\bfax\b|handy|\bmobil(e|telefon|nummer)?$|\brufnummer|movil|celular|\bmsisdn\b|whats ?app|portable$"
    r"|telefon\w*"
    r"|telephone\w*|\bcontact (no|nr|number)\b",
    PersonalKind.BIRTH_DATE: r"birth ?(date|day)|date ?of ?birth|\bd ?o ?b\b|\bborn( on)?$|\bbday\b"
    r"|geburts(datum|tag)|geboren"
    r"|naissance|nacimiento|nascimento|nascita|fodsels(dato|dag)|fodelse|syntyma|urodzenia|geboorte",
    PersonalKind.ADDRESS: r"\baddr(ess)?( ?(line)? ?\d)?$|\b(street|postal|mailing|home|billing|shipping"
    r"|delivery|residential|work) ?addr"
    r"|\bstreet( name)?$|\bstrasse\b|\bstrase\b|anschrift|\badresse?n?\b|direccion|endereco|indirizzo"
    r"|domicil|\badres\b",
    PersonalKind.NAME: r"\b(first|last|middle|full|given|family|maiden|birth|legal|preferred|nick|sur|fore"
    r"|christian|customer|client"
    r"|employee|patient|student|person|contact|member|passenger|guest|holder|cardholder|owner|spouse"
    r"|father'?s?|mother'?s?"
    r"|guardian|author|applicant|beneficiary|tenant|doctor|physician|teacher|candidate|driver|recipient"
    r"|buyer|seller|rep"
    r"|manager|agent|assignee|supervisor) ?names?\b|\b(fore|sur|nick)names?\b|\b[fl] ?names?$|maiden"
    r"|\b(vor|nach|familien|ruf|geburts|zu)namen?\b|\bprenoms?\b|\bnom( de famille)?$|\bnombres?$"
    r"|apellidos?|sobrenome"
    r"|cognome|\bimie\b|nazwisko|fornavn|etternavn|efternavn|fornamn|efternamn|achternaam|voornaam|etunimi"
    r"|sukunimi",
}
"""Patterns over the words of a name: this kind and hardly anything else is called so."""

MAYBE: Final[dict[PersonalKind, str]] = {
    PersonalKind.PHONE: r"\b(cell|contact|call)\b",
    PersonalKind.NATIONAL_ID: r"\bid (no|nr|num|number)\b|\bidentification\b|\bidentity\b|\blicen[cs]e\b"
    r"|\btin\b|\bnin\b",
    PersonalKind.CARD: r"\bcard\b|\bcc\b",
    PersonalKind.ADDRESS: r"\baddress\b|\blocation\b|\bstreet\b|\bresidence\b",
    PersonalKind.NAME: r"^names?$|\b(customer|client|employee|patient|student|person|contact|member"
    r"|passenger|guest|owner|author"
    r"|applicant|tenant|doctor|physician|teacher|candidate|driver|recipient|buyer|seller|manager|agent"
    r"|assignee|people"
    r"|attendee|participant|respondent|user|actor|artist|director|player|winner|salesperson|sales rep"
    r"|representative"
    r"|supervisor|contact person|kunde|mitarbeiter|cliente|empleado|employe|klient|signatory|by)s?$",
    PersonalKind.BIRTH_DATE: r"\bbirth\b",
}
"""Patterns that say it less surely."""

OTHER: Final = re.compile(
    r"\b(city|town|village|state|county|country|nation|region|province|district|continent|place|airport"
    r"|station|street"
    r"|company|companies|organi[sz]ation|org|brand|make|model|product|item|sku|species|genus|category|type"
    r"|team|club"
    r"|school|university|college|hotel|restaurant|store|shop|department|division|file|path|url|domain|host"
    r"|server"
    r"|color|colour|title|job|occupation|profession|position|role|nationality|language|religion|movie|film"
    r"|song|album"
    r"|book|game|app|event|project|campaign|course|subject|vendor|supplier|manufacturer|publisher|studio"
    r"|label|breed"
    r"|drug|disease|ingredient|dish|food|industry|sector|currency|status|month|weekday|day|version|code"
    r"|stadt|land|ort"
    r"|ville|pays|ciudad|pais|cidade|firma|bank|username|login|user ?name|password|name ?set)\b"
)
"""Words that say that something else than people is named."""
NOT_POSTAL: Final = re.compile(r"\b(e ?mail|mail|ip|mac|web|url|wallet|bitcoin|memory|host|server)\b")


def words(name: str) -> str:
    """The name as lower-case words without accents: "CustomerFirstName" is "customer first name"."""
    return " ".join(key(part) for part in _SPLIT.split(name[:200]) if part)


def hint(name: str, kind: PersonalKind) -> float:
    """1 when the name says so, 0.5 when it may, 0 when it is silent, -1 when it says something else."""
    said = words(name)
    if kind is PersonalKind.ADDRESS and NOT_POSTAL.search(said):
        return -1.0
    if re.search(SURE[kind], said):
        return 1.0
    if kind in MAYBE and re.search(MAYBE[kind], said):
        return 0.5
    return -1.0 if OTHER.search(said) else 0.0
