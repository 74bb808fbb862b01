"""English words by their effect on a claim, and restricting words of other languages.

Each operator is a class of words that change a claim in the same way ("must", "required"). Content
words of the same meaning have one key. The lists are our own.
"""

_OPERATORS = {
    "NOT": "not no never none nobody nothing neither nor nowhere hardly scarcely barely",
    "WITHOUT": "without",
    "NON": "non",
    "MUST": "must shall mandatory obligatory compulsory necessary obliged",
    "NEED": "need needs needed require requires required requiring requirement requirements",
    "SHOULD": "should ought recommend recommends recommended advise advised advisable encouraged",
    "MAY": "may might perhaps maybe possibly",
    "CAN": "can could able",
    "ONLY": "only solely exclusively",
    "IF": "if provided assuming",
    "WHEN": "when whenever once",
    "EXCEPT": "except unless excluding excepting excludes exclude excluded exception exceptions"
    " besides",
    "BEFORE": "before prior",
    "AFTER": "after",
    "SINCE": "since",
    "UNTIL": "until till",
    "OVER": "over above exceed exceeds exceeding exceeded beyond",
    "UNDER": "under below",
    "MORE": "more",
    "LESS": "less fewer",
    "ATLEAST": "minimum least",
    "ATMOST": "maximum",
    "ALL": "all every each always everyone everybody everything entirely whole entire both",
    "SOME": "some partly partially sometimes occasionally",
    "FEW": "few rarely seldom",
    "MOST": "most mostly mainly usually generally typically normally often commonly frequently",
    "AGAINST": "fail fails failed failing refuse refuses refused reject rejects rejected avoid"
    " avoids avoided prevent prevents prevented stop stops stopped decline declines declined lack"
    " lacks lacked deny denies denied oppose opposes opposed cease ceased",
}
OPERATORS = {word: name for name, words in _OPERATORS.items() for word in words.split()}
"""Each word that changes a claim, and its operator."""

PHRASES = {
    "not only": (),
    "whether or not": (),
    "as well as": (),
    "if possible": (),
    "if any": (),
    "as if": (),
    "even if": (),
    "what if": (),
    "rather than": ("NOT",),
    "instead of": ("NOT",),
    "no more than": ("ATMOST",),
    "not more than": ("ATMOST",),
    "no later than": ("ATMOST",),
    "not exceeding": ("ATMOST",),
    "not exceed": ("ATMOST",),
    "no longer than": ("ATMOST",),
    "no less than": ("ATLEAST",),
    "no fewer than": ("ATLEAST",),
    "not less than": ("ATLEAST",),
    "at least": ("ATLEAST",),
    "or more": ("ATLEAST",),
    "or newer": ("ATLEAST",),
    "or later": ("ATLEAST",),
    "or higher": ("ATLEAST",),
    "or above": ("ATLEAST",),
    "or older": ("ATMOST",),
    "or earlier": ("ATMOST",),
    "or lower": ("ATMOST",),
    "or below": ("ATMOST",),
    "at most": ("ATMOST",),
    "up to": ("ATMOST",),
    "or less": ("ATMOST",),
    "or fewer": ("ATMOST",),
    "more than": ("OVER",),
    "greater than": ("OVER",),
    "longer than": ("OVER",),
    "higher than": ("OVER",),
    "less than": ("UNDER",),
    "fewer than": ("UNDER",),
    "lower than": ("UNDER",),
    "shorter than": ("UNDER",),
    "other than": ("EXCEPT",),
    "apart from": ("EXCEPT",),
    "aside from": ("EXCEPT",),
    "with the exception of": ("EXCEPT",),
    "but not": ("NOT", "EXCEPT"),
    "nothing but": ("ONLY",),
    "no one": ("NOT",),
    "as long as": ("IF",),
    "in case": ("IF",),
    "on condition": ("IF",),
    "allowed to": ("MAY",),
    "permitted to": ("MAY",),
    "have to": ("MUST",),
    "need to": ("MUST",),
    "needs to": ("MUST",),
    "required to": ("MUST",),
    "after that": (),
    "before that": (),
    "since then": (),
    "has to": ("MUST",),
    "had to": ("MUST",),
    "prior to": ("BEFORE",),
    "earlier than": ("BEFORE",),
    "later than": ("AFTER",),
    "in advance": ("ADVANCE",),
    "so that": (),
    "such as": (),
}
"""Phrases and their operators; an empty one means that none of its words is an operator."""

TURNED = {
    "forbidden": "allow",
    "forbid": "allow",
    "forbids": "allow",
    "prohibited": "allow",
    "prohibit": "allow",
    "prohibits": "allow",
    "banned": "allow",
    "disallowed": "allow",
    "unable": "can",
    "impossible": "possibl",
    "unnecessary": "MUST",
    "unavailable": "avail",
    "unpaid": "pay",
    "invalid": "valid",
    "unsupported": "support",
    "ineligible": "elig",
}
"""Words that negate another one, and the key or operator that they negate."""

_FUNCTION = """
    a an the this that these those it its itself they them their theirs themselves he him his
    she her hers himself herself we us our ours you your yours yourself i me my mine who whom
    whose which what be is am are was were been being has have had having do does did doing done
    of in on at by for to from with as into onto upon about around through during via per than
    then so such too also very just there here how why where will would up approximately roughly
    nearly almost circa any really quite even still already well please therefore thus hence
    within among between because let ok okay indeed own lasts lasted e.g. i.e. etc both
"""
FUNCTION = frozenset(_FUNCTION.split())
"""Function words: a sentence claims the same with or without them."""

_GENERIC = """
    say mention describ call name follow answer get use accord take come mean
"""
GENERIC = frozenset(_GENERIC.split())
"""Keys of words that a sentence may add without support."""

SOFT_BREAKS = frozenset(("and", "or", "&", "plus"))
HARD_BREAKS = frozenset(("but", "while", "whereas", "although", "though", "however", "yet"))
_PRONOUNS = """
    it they this these those he she such its their his her them him
"""
PRONOUNS = frozenset(_PRONOUNS.split())

_IRREGULAR = """
    child children|man men|woman women|person people|make made making|give gave given|take took
    taken|get got gotten gets getting receive receives received receiving obtain obtained obtains|go
    went gone goes|write wrote written|hold held|keep kept|send sent|pay paid|say said|leave left
    leaves|build built|find found|lose lost|meet met|run ran running|begin began begun begins
    beginning start starts started starting commence commenced|become became|buy bought purchase
    purchased|choose chose chosen chooses select selected pick picked|come came|draw drew drawn|
    drive drove driven|fall fell fallen|fly flew flown|grow grew grown|know knew known|lead led|sell
    sold|see saw seen|speak spoke spoken|stand stood|teach taught|tell told|think thought|understand
    understood|win won|break broke broken|bring brought|allow allowed allows permit permits
    permitted allowing|use used uses using utilize utilized utilise utilised|help helps helped
    assist assists assisted|show shows shown showed display displays displayed|large big|small
    little|employee employees staff|telephone phone phones|delete remove deletes removes deleted
    removed|repository repo repos repositories|folder directory folders directories|contain contains
    contained include includes included including|locate located situated|call called name named
    names|annual annually yearly year years|month monthly months|week weekly weeks|day daily days|
    hour hourly hours|end ended ends finish finished finishes|die died dies death|found founded
    founder|quick quickly fast|mail email e-mail emails|home house|important significant|common
    commonly|open opens opened opening|close closes closed closing|twice two-times|half halves
"""
CANONICAL = {
    way: group.split()[0]
    for group in " ".join(_IRREGULAR.split()).split("|")
    for way in group.split()
}
"""Irregular forms and synonyms, each with its canonical word."""

_OPPOSITES = """
    allow forbid|before after|more less|most least|include exclude|enable disable|require optional|
    accept reject|increase decrease|open close|start end|first last|internal external|public private
    |above below|minimum maximum|early late|always never|all none|add remove|buy sell|import export|
    upload download|win lose|north south|east west|manual automatic|paid free|mandatory optional|
    high low|long short|old new|inside outside|left right|on off|up down|pass fail|true false|
    approve reject|domestic international|temporary permanent|full-time part-time|same different|
    cheap expensive|read write|weekday weekend|morning evening|summer winter|arrive leave|
    male female|rise fall|push pull|active inactive|online offline|safe dangerous|strong weak|
    large small
"""
OPPOSITES = tuple(
    (pair.split()[0], pair.split()[1]) for pair in " ".join(_OPPOSITES.split()).split("|")
)
"""Pairs of opposite words."""

_RIVALS = """
    employee contractor freelancer intern trainee volunteer visitor guest customer vendor supplier
    partner apprentice|manager engineer designer developer director|staging production
    development|linux windows macos android ios|starter basic pro premium enterprise business|monday
    tuesday wednesday thursday friday saturday sunday|january february march april june july august
    september october november december|spring summer autumn winter|north south east west|
    full part|weekday weekend|domestic international
"""
RIVALS = tuple(frozenset(group.split()) for group in " ".join(_RIVALS.split()).split("|"))
"""Groups of rivals: a rule for one of them does not hold for another."""

_FOREIGN = """
    nicht kein keine keinen keinem keiner nie niemals niemand nichts ohne nur ausser außer
    sofern wenn falls sondern ne pas jamais aucun aucune rien personne sans seulement sauf
    uniquement si sinon nunca jamás ningún ninguna ninguno nada nadie sin solo sólo solamente
    excepto salvo non nessun nessuno nessuna niente mai senza soltanto tranne eccetto não nunca
    nenhum nenhuma sem só somente exceto salvo se niet geen nooit niemand niets zonder alleen
    slechts behalve tenzij als inte ej ingen inget inga aldrig utan bara endast utom om ikke
    ingen intet aldri aldrig uten uden kun bare unntatt undtagen hvis
"""
FOREIGN = frozenset(_FOREIGN.split())
"""Words that negate, except or restrict in German, French, Spanish, Italian, Portuguese, Dutch,
Swedish, Danish and Norwegian."""
