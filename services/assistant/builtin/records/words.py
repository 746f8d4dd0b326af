"""Words of questions about single rows."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GRAMMAR: Final = _words(
    """
    a an the of in on at to for from by with and or is was were are be been being do does did have has had having that
    which who whom whose what where when how there their them they it its this these those he she his her him my i we
    many much number total amount most least fewest more less fewer than first last next previous before after above
    below following only other another besides except not no both either any all each every some same as listed list
    table chart name names named called highest lowest largest smallest biggest longest shortest oldest youngest
    earliest latest best worst top bottom combined average sum difference between over under up down out if so into
    during while s one ones times time per during again ever also just still yes tell me give show please following
    """
)
"""Words that do grammatical work; alone they are no column and no cell."""

LIGHT: Final = GRAMMAR | _words(
    """
    win won wins winning get gets got receive received receives earn earned score scored scores make made makes take
    took taken play played plays playing hold held holds holding come came comes place placed finish finished finishes
    rank ranked ranks appear appears appeared occur occurred happen happened release released compete competed
    participate participated serve served start started begin began end ended represent represented represents feature
    featured air aired run ran record recorded records include included includes contain contains contained show shown
    shows displayed according given located held use used uses belong belongs go goes went become became reach reached
    accumulate accumulated compile compiled award awarded obtain obtained produce produced see seen work worked live
    lived attend attended date dates year years day days row rows column columns data dataset entry entries item items
    thing things value values record kind type types person people someone somebody overall altogether together
    during season event events world country would will can could should may might actually currently different
    various individual exist existed there's amongst among within out result results under off done use using
    born die died draft drafted pick picked choose chosen select selected nominate nominated elect elected build built
    open opened close closed found founded establish established create created publish published write wrote written
    direct directed star starred star sing sang perform performed sign signed join joined lead led leads rate rated
    own owned sell sold cost costs pay paid lose complete completed cover covered consist consisted carry carried
    """
)
"""Words that change nothing once everything else is understood: what people do, and what any table is made of."""

WHO: Final = _words(
    """
    name player driver athlete candidate coach winner artist actor director rider cyclist swimmer skier competitor
    contestant champion representative nominee opponent person people singer author writer manager captain golfer
    wrestler skater gymnast runner rower shooter boxer fighter minister president governor member leader officer
    incumbent judge student teacher recipient performer composer musician celebrity character model racer archer
    fencer diver jockey owner pitcher goalkeeper scorer defendant delegate senator deputy senator mayor king queen host
    """
)
WHERE: Final = _words(
    "location venue place city town site stadium country nation state region county district area arena circuit"
    " course track"
)
WHEN: Final = _words("date year season day month time")
LONG: Final = _words("length duration time runtime reign term years tenure distance")

THINGS: Final = _words(
    """
    game match race event contest competition tournament round player team club member candidate contestant competitor
    athlete winner driver artist singer actor director film movie song single album track show episode title book
    station school university building ship aircraft country nation city town place person item entry model vehicle
    representative senator minister party company product
    """
)
"""What a row often is: said beside what is understood, it adds little."""

MEASURED: Final = _words("point goal medal vote run seat dollar mile people minute money")
"""What is seldom a row of its own."""

MORE: Final = _words(
    """
    most more highest higher largest larger biggest bigger greatest greater maximum max top longest longer oldest older
    tallest taller heaviest heavier latest later best better farthest furthest richest strongest hottest newest recent
    expensive popular populous widest deepest fastest faster
    """
)
LESS: Final = _words(
    """
    least less fewest fewer lowest lower smallest smaller minimum min shortest shorter youngest younger lightest lighter
    earliest earlier sooner worst worse cheapest poorest weakest coldest slowest slower nearest narrowest first
    """
)

HINTS: Final = tuple(
    (_words(stems), _words(nouns), descending)
    for stems, nouns, descending in (
        ("longest longer", "length duration time runtime distance term reign days minutes", True),
        ("shortest shorter", "length duration time runtime distance height term days minutes", False),
        ("oldest older", "age", True), ("youngest younger", "age", False),
        ("oldest older", "born birth birthdate dob year date built founded established opened", False),
        ("youngest younger newest", "born birth birthdate dob year date built founded established opened", True),
        ("tallest taller", "height floors", True), ("shortest shorter", "height", False),
        ("heaviest heavier", "weight mass tonnage displacement", True),
        ("lightest lighter", "weight mass tonnage displacement", False),
        ("fastest faster", "time", False), ("fastest faster", "speed", True),
        ("slowest slower", "time", True), ("slowest slower", "speed", False),
        ("earliest earlier sooner first", "date year season released birth born", False),
        ("latest later recent newest last", "date year season released birth born", True),
        ("expensive", "price cost", True), ("cheapest", "price cost", False),
        ("populous", "population", True), ("largest larger biggest bigger", "area size population", True),
        ("smallest smaller", "area size population", False),
        ("best better top", "rank position place pos finish peak", False),
        ("worst worse bottom", "rank position place pos finish peak", True),
        ("best better top", "points score scores", True), ("worst worse", "points score scores", False),
        ("richest", "earnings salary wealth money", True),
    )
)  # fmt: skip
"""Adjectives, the column words they speak of, and whether the first is the largest."""
