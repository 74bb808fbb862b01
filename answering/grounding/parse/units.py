"""Map English spellings of units and currencies to one name each."""

_WAYS = {
    "ms": "ms millisecond milliseconds",
    "second": "s sec secs second seconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks wk wks",
    "fortnight": "fortnight fortnights",
    "month": "month months",
    "quarter": "quarter quarters",
    "year": "year years yr yrs",
    "decade": "decade decades",
    "century": "century centuries",
    "bit": "bit bits",
    "byte": "byte bytes",
    "kb": "kb kilobyte kilobytes kib",
    "mb": "mb megabyte megabytes mib",
    "gb": "gb gigabyte gigabytes gib",
    "tb": "tb terabyte terabytes tib",
    "px": "px pixel pixels",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "m": "m meter meters metre metres",
    "km": "km kilometer kilometers kilometre kilometres",
    "mile": "mile miles mi",
    "inch": "inch inches",
    "foot": "foot feet ft",
    "acre": "acre acres",
    "hectare": "hectare hectares ha",
    "gram": "g gram grams",
    "kg": "kg kilogram kilograms kilo kilos",
    "ton": "ton tons tonne tonnes",
    "liter": "l liter liters litre litres",
    "watt": "w watt watts",
    "kw": "kw kilowatt kilowatts",
    "mw": "mw megawatt megawatts",
    "hz": "hz hertz",
    "mhz": "mhz",
    "ghz": "ghz",
    "degree": "degree degrees",
    "celsius": "\u00b0c celsius",
    "fahrenheit": "\u00b0f fahrenheit",
    "usd": "usd dollar dollars",
    "eur": "eur euro euros",
    "gbp": "gbp pound pounds",
    "chf": "chf franc francs",
    "jpy": "jpy yen",
    "cent": "cent cents",
    "person": "person persons people",
    "page": "page pages",
    "time": "time times",
}
UNITS = {way: unit for unit, ways in _WAYS.items() for way in ways.split()}
"""Each spelling of a unit, in lower case, and its name."""

CURRENCIES = {
    **{"$": "usd", "\u20ac": "eur", "\u00a3": "gbp", "\u00a5": "jpy"},
    **{name.upper(): name for name in ("usd", "eur", "chf", "gbp", "jpy")},
}
"""The signs and codes of currencies that precede an amount."""

MODIFIERS = {
    "business": "business ",
    "working": "business ",
    "work": "business ",
    "calendar": "calendar ",
    "consecutive": "consecutive ",
    "square": "square ",
    "cubic": "cubic ",
}
"""Words before a unit that make it another unit."""
