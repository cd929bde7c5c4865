"""The words that a prompt is read by: English first, then the commonest of Spanish, French, German, Russian.

A table maps a concept to words, written without accents and in lower case; a word that ends in `*` stands for
every word that begins so. A digit after a word (`temple:3`) says how strongly it decides; 2 when missing.
"""

from __future__ import annotations

SETTINGS: dict[str, str] = {
    "mountains": (
        "mountain* peak:1 peaks summit alps cliff cliffs canyon valley:1 hike pass:1 montana* "
        "montagne* berg:2 berge bergen gebirge гор* вершин* plateau volcano ridge himalaya* everest "
        "trail:1 expedition:1"
    ),
    "sea": (
        "sea:3 ocean* beach* coast* shore* harbor* harbour* island* wave waves bay sail* ship:2 "
        "boat:1 captain:1 lighthouse* port:1 pirate* fisherman fishing tide pier dock mar:3 oceano "
        "playa* costa isla barco mer:3 plage* ile bateau navire meer:3 strand kuste* insel schiff* "
        "море:3 моря:3 океан* берег* остров* корабл* leuchtturm phare faro"
    ),
    "city": (
        "city:3 cities town:1 urban skyline* skyscraper* downtown street:2 streets alley* rooftop* "
        "metropolis neon traffic taxi cab subway london paris york tokyo ciudad* calle ville:3 rue:1 "
        "stadt:3 strasse* город* улиц* cyberpunk avenue crowd:1 building:1 buildings:1 detective:1 "
        "market:1 headlines:1 protest"
    ),
    "forest": (
        "forest*:3 wood:1 woods:2 jungle* grove tree:1 trees:1 pine* woodland* wolf wolves fox bear "
        "deer bosque* selva foret* bois wald:3 walder waldes лес:3 лесу:3 леса:3 лесной лесом дерев* "
        "rainforest* mushroom* owl:1"
    ),
    "hall": (
        "temple*:3 hall:2 cathedral* church* palace* columns pillars throne museum* tomb* crypt* "
        "pyramid*:1 pharaoh* altar*:2 shrine* monastery* abbey mosque* archaeolog*:1 artifact:1 "
        "relic*:1 court:1 courtroom templo* iglesia* catedral* palacio eglise* cathedrale palais "
        "tempel* kirche* kathedrale palast храм* церк* дворец дворц* chamber:2 ballroom theater "
        "theatre opera hallowed sanctuary parliament senate mausoleum"
    ),
    "room": (
        "room:2 kitchen*:3 bedroom* parlor parlour apartment* home:1 house:1 fireplace hearth attic* "
        "cabin:2 cottage:1 inn:2 tavern* cafe* restaurant* bakery diner nursery bed:1 sofa armchair "
        "piano dinner breakfast table:1 grandmother:1 grandma:1 grandfather:1 cocina* habitacion* "
        "casa:1 hogar cuisine* chambre* maison:1 kuche* zimmer* haus:1 кухн* комнат* дом:1 доме:1 "
        "window:1 tea:1 coffee:1 desk:1 hospital:1 studio:1"
    ),
    "library": (
        "library*:4 libraries bookshelf bookshelves bookshop bookstore archive* archives study:2 "
        "books:2 manuscript* scholar:1 biblioteca* bibliothe* библиотек* scroll:1 scrolls:1 librarian "
        "bucherei"
    ),
    "cave": (
        "cave*:3 cavern* grotto mine:2 mines tunnel:2 tunnels underground crystal:1 stalactite* "
        "dungeon* cueva* caverna grotte* hohle* пещер* lair catacomb* abyss depths:1"
    ),
    "laboratory": (
        "laborator*:3 lab:3 labs scientist*:2 experiment* microscope* chemist* chemical* formula "
        "research*:1 serum vaccine scientifique cientific* wissenschaft* лаборатор* учен* physicist "
        "professor:1"
    ),
    "office": (
        "office*:3 startup*:3 meeting* boardroom* conference company*:1 entrepreneur* team:1 teams:1 "
        "business*:1 investor* chart*:2 graph* growth:2 revenue* sales:2 ceo workplace coworking "
        "laptop* customer* product*:1 software:1 programmer* developer* code:1 oficina* empresa* "
        "bureau* entreprise* buro firma офис* компани* dashboard* data:1 newsroom presentation*"
    ),
    "corridor": (
        "corridor*:3 hallway* passage:2 passageway* hospital:2 prison* bunker spaceship:2 starship:2 "
        "hangar airlock cockpit pasillo* couloir* flur коридор* basement* cellar school:1 reactor "
        "vault:2 server:2 servers datacenter robot*:1 android:1 asylum"
    ),
    "desert": (
        "desert*:3 dune*:3 sand:2 sands sandstorm* sahara oasis camel* caravan* egypt* pyramid*:2 "
        "mesa bedouin* nomad* desierto* duna* wuste* sandwuste пустын* arid mars:2 martian:2 "
        "wasteland*"
    ),
    "village": (
        "village*:3 hamlet* farmhouse* town:2 cottages:3 houses:2 rooftops:1 mill:1 windmill* "
        "square:1 church:1 pueblo* aldea* dorf:3 dorfer дерев*:1 село деревн*:3 chimney* "
        "neighbourhood* neighborhood* marketplace"
    ),
    "space": (
        "space:3 planet*:3 galax* cosmos cosmic nebula* asteroid* comet* orbit* spaceship*:3 "
        "spacecraft* starship*:3 astronaut*:2 alien*:1 moonbase satellite* universe* solar:1 espacio* "
        "planeta* galaxi* espace* weltraum* raumschiff* космос* планет* галактик* вселенн* rocket*:2 "
        "mars:1 interstellar station:1 lunar"
    ),
    "meadow": (
        "meadow*:3 garden*:3 field*:2 flower*:2 farm*:2 orchard* grass* countryside* hill:2 hills:2 "
        "park:2 picnic prairie* pasture* spring:1 butterfly:1 butterflies bee bees rabbit* sheep "
        "horse* lawn jardin* campo* flor* champ:2 champs prairie fleur* garten* wiese* feld* blume* "
        "сад:2 саду луг* поле:2 цвет* vineyard* sunflower* wheat harvest playground"
    ),
    "castle": (
        "castle*:3 ruin*:3 fortress* citadel* kingdom*:2 king:1 queen:1 prince:1 princess:1 knight*:1 "
        "dragon*:1 tower:1 towers:1 wizard*:1 medieval:2 battle*:1 castillo* ruinas chateau* schloss* "
        "burg:3 ruine* замок* замк* king's battlement* drawbridge watchtower empire:1 sorcer*"
    ),
    "river": (
        "river*:3 lake*:3 stream:2 waterfall* creek* pond* bridge:2 canoe* raft* fisherman:1 rio:2 "
        "lago* riviere* lac:3 fleuve* fluss:3 wasserfall* рек* озер* swamp* marsh* dam:2 frog:1 duck* "
        "swan*"
    ),
    "road": (
        "road*:3 highway* journey*:1 car:2 cars truck:1 travel*:1 walk*:1 path:1 crossroad* railway:2 "
        "train:2 trains tracks locomotive* motorcycle* bicycle bike carretera* camino* route*:2 "
        "chemin* weg:1 zug:2 дорог* поезд* путь:1 bus:1 drive:1 driving wagon*"
    ),
    "underwater": (
        "underwater:4 submarine* coral* reef* whale* fish:1 dolphin* mermaid* shipwreck* diver* "
        "diving seabed atlantis submarino* sirene подводн* deep-sea octopus jellyfish seahorse "
        "turtle:1"
    ),
    "abstract": (
        "abstract*:3 idea*:1 dream*:1 music*:1 melody emotion* mind:1 thought* energy:1 logo brand:1 "
        "concept* background:1 gradient* network*:1 digital:1 connection*:1 quantum* algorithm* "
        "internet artificial blockchain neural pattern*"
    ),
}

TIMES: dict[str, str] = {
    "dawn": (
        "dawn:3 sunrise*:3 morning*:2 daybreak first-light early:1 amanecer* manana aube matin* "
        "morgen* morgendammerung sonnenaufgang рассвет* утр* awakens:1 breakfast:2"
    ),
    "day": (
        "day:1 daylight:3 noon* midday* sunny:3 sunlit:2 afternoon*:2 bright:1 sun:1 sunlight:2 dia:1 "
        "mediodia soleado jour:1 midi ensoleill* tag:1 mittag* sonnig* день:1 днем:2 полдень солнечн* "
        "sunshine:2 summer*:1"
    ),
    "golden": (
        "golden:2 sunset*:3 amber:1 warm:1 evening:1 atardecer* ocaso coucher:2 sonnenuntergang* "
        "закат* golden-hour:4 autumn*:1 harvest:1"
    ),
    "dusk": (
        "dusk:3 twilight*:3 evening*:2 gloaming nightfall:3 crepusculo* crepuscule* soir* abend* "
        "dammerung* вечер* сумерк* blue-hour"
    ),
    "night": (
        "night*:3 midnight*:3 moon:2 moonlight*:3 moonlit:3 stars:2 starry:3 starlit dark:1 "
        "darkness:1 lantern*:1 candle*:1 campfire*:1 neon:2 noche* luna:2 nuit* lune:2 nacht* nachts "
        "mond* ноч* лун* torch*:1 nocturn* midnight* estrellas etoiles sterne звезд* owl:1 bedtime:2"
    ),
}

WEATHERS: dict[str, str] = {
    "rain": "rain*:3 rainy:3 drizzle* wet:1 umbrella* puddle* lluvia* pluie* regen* дожд* downpour*",
    "snow": (
        "snow*:3 winter*:2 ice:1 icy:2 frozen:2 frost* blizzard* glacier* arctic antarctic* "
        "christmas:2 nieve* invierno* neige* hiver* schnee* winter* снег* снеж* зим* cold:1 everest:1 "
        "polar:2"
    ),
    "fog": (
        "fog*:3 foggy:3 mist:3 mists:3 misty:3 haze:2 hazy:2 smoke*:1 niebla* brume* brouillard* "
        "nebel* туман* ghost*:1 haunted:1 eerie:1"
    ),
    "storm": (
        "storm*:3 thunder* lightning*:3 tempest* hurricane* tormenta* orage* tempete* sturm* "
        "gewitter* бур* гроз* шторм*"
    ),
    "cloud": "cloud*:2 cloudy:2 overcast:2 grey:1 gray:1 nube* nuage* wolke* облак*",
}

MOTIFS: dict[str, str] = {
    "crystal": (
        "crystal* gem gems jewel* diamond* artifact* relic* amulet* talisman* cristal* kristall* "
        "кристалл* stone:1 shard* treasure* gemstone* artefact*"
    ),
    "orb": ("orb orbs sphere glowing:1 portal* magic:1 magical:1 energy:1 spirit*:1 pearl esfera kugel шар"),
    "lantern": (
        "lantern* lamp:1 torch* candle* linterna* farol lanterne* laterne* фонар* свеч* flashlight torchlight"
    ),
    "lighthouse": "lighthouse* faro phare leuchtturm маяк*",
    "ship": (
        "ship ships sail* boat* vessel captain pirate* canoe* raft fishing barco* bateau* navire "
        "schiff* boot кораб* лодк* fisherman yacht*"
    ),
    "tree": "tree oak willow arbol arbre baum дерево orchard",
    "door": "door* doorway* gate gates gateway entrance puerta* porte* tur двер* ворота threshold portal",
    "book": (
        "book books diary journal* letter:1 tome spellbook libro* livre* buch* книг* notebook* manuscript*"
    ),
    "bridge": "bridge* puente* pont brucke* мост*",
    "tower": "tower* torre* turm башн* watchtower obelisk belltower",
    "train": "train trains locomotive* railway* tren zug поезд*",
    "camels": "camel* caravan* nomad* kamel* camello*",
    "kite": "kite*",
    "birds": (
        "bird birds flock* crow* raven* gull* seagull* geese eagle* dove* swallow* pajaro* aves "
        "oiseau* vogel* птиц* freedom free:1 hope:1"
    ),
    "fire": (
        "fire campfire* bonfire* flame* burning hearth fireplace fuego* feu flamme* feuer костер "
        "костр* огонь огн* blaze"
    ),
    "key": "key keys llave* clef* cle schlussel* ключ* lock unlock*",
    "clock": "clock clocks clockwork watch:1 hourglass reloj* horloge* uhr часы pendulum deadline*",
    "letter": ("letter letters envelope* message* note:1 carta* lettre* brief:1 письм* postcard* email*"),
    "map": "map maps mapa* carte:1 landkarte* карт* scroll scrolls parchment*",
    "star": "star stars constellation* estrella* etoile* stern sterne звезд*",
    "beam": "beam beams searchlight*",
    "house": "house cabin* cottage* hut home:1 casa maison haus hutte дом дома избушк* farmhouse",
    "balloon": "balloon* airship* globo ballon*",
    "rocket": "rocket* spaceship* spacecraft starship* shuttle cohete fusee* rakete* ракет* launch:1",
    "station": "station:1 satellite*",
    "whale": "whale* ballena baleine wal кит",
    "dragon": "dragon* drachen дракон*",
    "dog": "dog dogs puppy wolf fox perro chien hund собак* пес",
}

# Parts of a place that a picture may be of.
PARTS: dict[str, str] = {
    "mural": (
        "wall walls mural* inscription* carving* carved hieroglyph* fresco* engraving* glyph* murale* "
        "mauer* wandbild* пещерн* фреск* constellation* star-map"
    ),
    "doorway": "door* gate gates gateway* doorway* puerta* porte portes tur tor двер* ворот*",
    "stairway": "stair* steps staircase* stairway* escalera* escalier* treppe* лестниц* ступен*",
}
PART_OF: dict[str, frozenset[str]] = {
    "mural": frozenset({"hall", "cave", "castle", "corridor"}),
    "doorway": frozenset({"hall", "cave", "castle", "corridor", "room"}),
    "stairway": frozenset({"hall", "cave", "castle", "corridor", "room"}),
}

PEOPLE: dict[str, str] = {
    "coat": (
        "man men detective* traveller* traveler* wanderer* stranger* scientist* professor* doctor* "
        "captain* explorer* archaeolog* hero person figure someone he:1 him:1 his:1 hombre viajero "
        "homme voyageur mann reisende* мужчин* человек* путник* father* son brother uncle king "
        "engineer* entrepreneur* ceo fisherman sailor* soldier* warrior* wizard* monk* poet* artist* "
        "hunter* farmer* teacher* programmer* developer* pilot* journalist* reporter* character "
        "silhouette alone:1 lone:1 lonely:1 i:1 my:1 we:1 employee* manager founder* keeper* guard* "
        "thief leader* scholar* researcher* investigator* agent* officer* student* astronaut* ranger "
        "merchant* knight* clockmaker* watchmaker* baker* painter* guide*"
    ),
    "dress": (
        "woman women lady she:1 her:1 girl mother* queen princess* grandmother* grandma witch* "
        "daughter* sister aunt mujer nina femme fille frau madchen женщин* девочк* девушк* бабушк* "
        "bride wife heroine priestess librarian witch* nurse* empress"
    ),
    "child": (
        "boy child* kid kids toddler* orphan* nino* enfant* garcon junge мальчик* ребен* дети "
        "son little:1 children* prince:1 schoolboy apprentice"
    ),
    "pair": (
        "couple* lovers friends* together:1 two:1 companions pareja amigos amis freunde друзья двое "
        "twins family:1 brothers sisters husband partners team:1"
    ),
}

# The colours that a prompt may name for what glows, as rrggbb.
COLOURS: dict[str, str] = {
    "blue": "4fb4ff", "azure": "4fb4ff", "azul": "4fb4ff", "bleu": "4fb4ff", "bleue": "4fb4ff",
    "blau": "4fb4ff", "синий": "4fb4ff", "red": "ff4a44", "crimson": "ff3a4c", "scarlet": "ff4a3a",
    "rojo": "ff4a44", "roja": "ff4a44", "rouge": "ff4a44", "rot": "ff4a44", "green": "4fe08a",
    "emerald": "38dc96", "verde": "4fe08a", "vert": "4fe08a", "verte": "4fe08a", "grun": "4fe08a",
    "purple": "b06cff", "violet": "a774ff", "pink": "ff82bd", "rosa": "ff82bd", "golden": "ffc94f",
    "gold": "ffc94f", "amber": "ffb347", "orange": "ff9440", "cyan": "46e6f0", "turquoise": "40e0d0",
    "white": "f4f7ff", "silver": "d7e2f0",
}  # fmt: skip
# Colours that only clothes and hair are named by.
DYES: dict[str, str] = {
    "ochre": "d9953f", "brown": "8a5a3a", "auburn": "b5542e", "chestnut": "8c4a2c", "teal": "2f9a98",
    "navy": "32508c", "olive": "8a8f45", "tan": "cfa977", "black": "23252e", "grey": "8d939c",
    "gray": "8d939c", "yellow": "ffd23f", "blond": "e8c778", "blonde": "e8c778",
}  # fmt: skip
HAIR = frozenset({"hair", "braid", "braids", "curls", "fringe"})
WORN = HAIR | frozenset(
    {"coat", "cape", "dress", "scarf", "jacket", "cloak", "robe", "shirt", "suit", "uniform", "hat"}
    | {"raincoat", "jumper", "sweater", "cap"}
)
