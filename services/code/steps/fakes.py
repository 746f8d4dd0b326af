"""Words that invented values are made of. Their order and number never change: versions are made again with them."""

from __future__ import annotations

from typing import Final

GIVEN: Final = (
    "Ada Alan Amara Anton Aria Basil Bela Bruno Cara Cleo Cyrus Dalia Dana Diego Edda Elio Emil Esme Fay Felix "
    "Fiona Gemma Gideon Hana Hugo Ida Ilse Ines Ivan Jana Jonas Juno Kaya Kira Lars Leila Leo Lina Luca Mara Milo "
    "Mira Nadia Nico Nora Odin Olga Oren Petra Quinn Rafa Rhea Ronan Runa Sami Selma Silas Tara Theo Tilda Uma "
    "Vera Wanda Yara"
)
"""64 first names."""
FAMILY: Final = (
    "Abbot Adler Alder Amsel Archer Aspen Auber Baird Banks Barlow Beck Birch Blaine Bloom Bolt Bower Brandt "
    "Brook Calder Carver Cedar Cole Corbin Crane Dahl Dale Dorn Drake Eaves Elder Ellis Ember Falk Farrow Fenn "
    "Fields Finch Flint Forde Frost Gale Garner Glenn Grove Hale Harrow Hart Hawke Heath Holm Hollis Ivers Jarvis "
    "Juniper Keller Kestrel Lark Larsen Linden Locke Lowell Maple Marsh Mercer Moor Morrow Nash Noble Norden "
    "Oakes Olson Orchard Parrish Pell Pine Quill Rane Reed Ridge Rivers Rowan Rushe Sable Sage Shaw Slate Sorrel "
    "Stone Storm Swift Thorne Vale Vance Weller Wilder Wren"
)
"""96 last names."""
STREETS: Final = " ".join(f"{name}{('gate', 'field')[place % 2]}" for place, name in enumerate(FAMILY.split()))
"""96 streets."""
