"""Detect the language of a text from its stop words and its letters."""

from collections.abc import Set
from types import MappingProxyType

ENGLISH = "english"
"""The language assumed when nothing better is known."""

_RAREST = 12  # prose has a stop word in 12 distinct words; a list of names has fewer

# ruff: noqa: RUF001 - letters that look like others are what tells some languages
_WORDS = {
    "english": """
    a about above after again against all am an and any are aren as at be because been before being
    below between both but by can could couldn did didn do does doesn doing don down during each few
    for from further had hadn has hasn have haven having he her here hers herself him himself his
    how i if in into is isn it its itself just ll me more most my myself no nor not now of off on
    once only or other our ours ourselves out over own re same she should shouldn so some such than
    that the their theirs them themselves then there these they this those through to too under
    until up us ve very was wasn we were weren what when where which while who whom why will with
    would wouldn you your yours yourself yourselves dont doesnt didnt cant isnt arent wasnt wont
    im ive youre theyre weve thats whats""",
    "german": """
    aber als am an auch auf aus bei bin bis da damit dann das dass dein deine dem den denn der des
    die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer eines er es
    für gegen gibt haben hat hatte ich ihm ihn ihr ihre ihrem ihren ihrer im in ist jede jeder jedes
    kann kein keine keinen können man mein meine mich mir mit muss müssen nach nicht noch nur ob
    oder ohne sein seine seinen seiner sich sie sind so soll über um und uns unser unsere unter viel
    viele vom von vor wann war waren warum was welche welchen welcher welches wenn wer werden wie
    wir wird wo wurde wurden zu zum zur zwischen""",
    "french": """
    ai as au aucun aux avec avoir ce ces cet cette chez comme comment dans de des doit donc dont du
    elle elles en est et être eu eux fait il ils je la le les leur leurs lui ma mais me mes moi mon
    ne nos notre nous on ont ou où par pas peut plus pour pourquoi qu quand que quel quelle quelles
    quels qui sa sans se ses si son sont sous sur ta te tes toi ton tous tout toute toutes tu un
    une vos votre vous y""",
    "spanish": """
    a al algo algunos ante antes como con contra cual cuando cuándo cuál cómo de del desde donde
    dónde durante e el él ella ellas ellos en entre era es esa ese eso esta está están este esto
    estos fue ha han hasta hay la las le les lo los más me mi mis mucho muy nada ni no nos nosotros
    nuestra nuestro o otra otro para pero poco por porque puede que qué quien quién se según ser si
    sí sin sobre son su sus también tanto te tiene tienen toda todas todo todos tu tus un una uno
    unos y ya yo""",
    "italian": """
    a ad agli ai al alla alle allo anche avere c che chi ci come con cosa cui da dagli dai dal dalla
    dalle degli dei del della delle dello deve di dove e è ed era essere fra gli ha hanno ho i il in
    io l la le lei li lo loro lui ma mi mia mio ne negli nei nel nella nelle no noi non nostra
    nostro o ogni per perché più può qual quale quali quando quanti quanto quella quello questa
    queste questi questo se sei senza si sia siamo sono su sua sue sugli sui sul sulla sulle suo
    suoi ti tra tu tua tuo tutti tutto un una uno vi voi""",
    "portuguese": """
    a à ao aos às até as com como da das de dela dele deles depois do dos e é ela elas ele eles em
    entre era essa esse esta está estão este eu foi foram há isso isto já lhe mais mas me mesmo meu
    minha muito na não nas nem no nos nós nossa nosso num numa o onde os ou para pela pelas pelo
    pelos pode por porque qual quais quando quanto que quem se sem ser será seu seus só sua suas
    são também tem têm temos todo todos tu um uma você vocês""",
    "dutch": """
    aan al alle als altijd andere ben bij daar dan dat de deze die dit doen door dus een en er ge
    geen had heb hebben heeft hem het hier hij hoe hoeveel hun iets ik in is ja je kan kunnen maar
    me meer men met mij mijn moet moeten na naar niet niets nog nu of om omdat ons onze ook op over
    te tegen toch toen tot u uit uw van veel voor waar waarom wanneer want waren was wat welke werd
    wie wij worden wordt zal ze zich zij zijn zo zonder zou""",
    "swedish": """
    alla allt att av blev bli blir de dem den denna deras dess dessa det detta dig din ditt du där
    då efter ej eller en er ett från för ha hade han hans har hon hur här hos i icke ingen inom inte
    jag ju kan kunde man med mellan men mig min mitt mot mycket måste ni nu när någon något några
    och om oss på samma sedan sig sin själv ska skall skulle som så till under upp ut utan vad var
    vara varför varit varje vem vi vid vilka vilken vilket vår våra än är även över""",
    "danish": """
    ad af alle at blev blive bliver da de dem den denne der deres det dette dig din disse du efter
    eller en end er et for fordi fra før ham han hans har havde hende her hos hun hvad hvem hver
    hvilke hvilken hvis hvor hvordan hvorfor hvornår i ikke ind ingen jeg kan kunne man mange med
    meget mellem men mig min mod må nogle noget nu når og også om op os over på sig sin skal skulle
    som så til ud uden under var ved vi vil ville være været""",
    "norwegian": """
    alle at av bare ble bli blir både da de deg dem den denne der deres det dette din disse du eller
    en enn er et etter for fordi fra før ha hadde han hans har her hos hun hva hvem hver hvilke
    hvilken hvis hvor hvordan hvorfor i ikke ingen inn jeg kan kunne man mange med mellom men mot
    må noe noen når og også om opp oss over på seg sin skal skulle som så til ut uten var ved vi vil
    ville vår være vært å""",
    "finnish": """
    ei eivät en että hän he hänen heidän ja jo joka jokainen jonka jos jossa jotka kaikki kanssa
    kuin kuinka kuka kun me mikä miksi milloin minä missä miten mitä mutta myös ne niiden niin nyt
    olen oli olla on ovat se sekä sen siitä sillä sinä sitä tai tämä tämän te tulee tätä vain voi
    vuoksi""",
    "hungarian": """
    a az abban akkor aki ami amely amelyek arra azok azt be csak de egy ebben el és ez ezek ezt
    fel ha hanem hogy hogyan hol igen is itt jó kell ki kik lehet lesz ma már meg még mely mert mi
    miért mikor milyen minden mint mit nagyon nem nincs ő ők olyan ott pedig s saját sem ki szerint
    úgy vagy vagyok van vannak volt volna""",
    "romanian": """
    a acest această aceste acestei al ale am are au care către ce cea cei cel cele cine cu cum când
    că dar de decât din dintre după ea ei el este eu fi fie fost în într între la le lor lui mai ne
    nici noi nu o ori orice pe pentru poate prin sa sale sau se si și sunt să te tot toate toți un
    una unde unei unor unui va vom""",
    "turkish": """
    ama ancak bazı belki ben bir biz bu bunu bunun çok çünkü da daha de değil diye eğer en gibi göre
    hangi hem hep hepsi her hiç için ile ise kadar kim kimse mı mi mu mü nasıl ne neden nerede o
    olan olarak olur olduğu onlar onu onun sadece sen siz şey şu tüm var ve veya ya yok""",
    "polish": """
    a ale albo bez być będzie był była było by bo co czy dla do gdy gdzie go i ich ile im inne ja
    jak jako jakie jaki je jego jej jest jeśli każdy kiedy która które którego których który którzy
    kto lub ma mam mnie może mu my na nad nas nie niż o od on ona oni oraz po pod przed przez przy
    są się swoje ta tak także tego tej ten to tych tylko tym u w we wszystkich wszystkie z za ze
    został że""",
    "czech": """
    a aby aj ale ani až bez bude by byl byla bylo být co což či do ho i jak jako jaké jaký je jeho
    jejich její jen jenž ještě již jsem jsme jsou k kde kdo kdy kdyby když kolik která které který
    kteří ku má mají mezi mít může my na nad nebo není než o od on ona oni po pod podle pokud pro
    proč proti protože před při s se si své svého tak také tam tato ten tento to toho tomu tu ty v
    ve více však všech všechny vy z za ze že""",
    "catalan": """
    a això al als amb aquest aquesta aquests cada com d de del dels des el ella ells els en
    entre era és es està estan ha han hi i jo l la les li llur llurs més meu molt ni no
    nosaltres o on per però perquè pot qual quan que què qui s sense ser seu seus seva si són sota
    també té tenen tot tota tots un una unes uns va""",
    "russian": """
    а без более бы был была были было быть в вам вас весь во вот все всех вы где да для до его ее её
    если есть еще ещё же за и из или им их к как какой какие когда которые который кто ли мы на над
    нам нас не него нее неё нет них но о об он она они оно от по под почему при с сколько со так
    также такой там то того тоже той только том ты у уже чего чем что чтобы эта эти это этого этой
    этом этот я""",
}

# Languages with a script of their own need no guess and are not listed here.
_LETTERS = {
    "german": "äöüß",
    "french": "àâçèéêëîïôùûœ",
    "spanish": "áéíñóú",
    "italian": "àèìòù",
    "portuguese": "áâãàçéêíóôõú",
    "dutch": "ëï",
    "swedish": "åäö",
    "danish": "åæø",
    "norwegian": "åæø",
    "finnish": "äö",
    "hungarian": "áéíóöőúüű",
    "romanian": "ăâîșțşţ",
    "turkish": "çğıöşü",
    "polish": "ąćęłńóśźż",
    "czech": "áčďéěíňóřšťúůýž",
    "catalan": "àçèéíòóú",
}

STOP_WORDS = MappingProxyType({name: frozenset(words.split()) for name, words in _WORDS.items()})
"""Words too common to search for, in lower case, by language."""
_SIGNS = tuple((name, STOP_WORDS[name], frozenset(_LETTERS[name])) for name in _LETTERS)
_ANY_STOP_WORD = frozenset().union(*(words for _, words, _ in _SIGNS))
_ANY_LETTER = frozenset("".join(_LETTERS.values()))


def language_of(words: Set[str]) -> str:
    """Return the language of a text from its set of lower-case words; English when in doubt."""
    score, language = max(((score, name) for name, score in _scores(words)), default=(0.0, ENGLISH))
    common = score >= 1 and score * _RAREST >= len(words)
    return language if common and score > len(words & STOP_WORDS[ENGLISH]) else ENGLISH


def likely_languages(words: Set[str]) -> list[str]:
    """Return the languages a short text, such as a question, may be in; English is always one."""
    scores = _scores(words)
    best = max((score for _, score in scores), default=0.0)
    if best < len(words & STOP_WORDS[ENGLISH]):
        return [ENGLISH]
    return [ENGLISH, *(name for name, score in scores if score > best - 1)]


def _scores(words: Set[str]) -> list[tuple[str, float]]:
    """Score each language: 1 for each of its stop words, 0.5 for any of its special letters."""
    stop_words = words & _ANY_STOP_WORD
    letters = set().union(*(word for word in words if not word.isascii())) & _ANY_LETTER
    if not stop_words and not letters:
        return []
    scores = (
        (name, len(stop_words & own) + (0.5 if letters & marks else 0))
        for name, own, marks in _SIGNS
    )
    return [(name, score) for name, score in scores if score]
