"""The demo's people and lessons. Texts only; `demo.py` puts them into the database.

All passwords are public: development shows them at `/dev/info.json`.
"""

from __future__ import annotations

from dataclasses import dataclass

DEMO_PASSWORD = "learning-is-fun"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One demo person. `role` is admin, mentor or learner. `hours` are when a mentor teaches: weekday,
    from and to; `away` the first and last day of a vacation, counted from today, and its note. `follows`
    are usernames of people further up."""

    role: str
    email: str
    username: str
    name: str
    timezone: str
    teach: tuple[str, ...] = ()
    want: tuple[str, ...] = ()
    levels: tuple[tuple[str, str], ...] = ()
    headline: str = ""
    bio: str = ""
    languages: tuple[str, ...] = ()
    rate_minor: int | None = None
    currency: str | None = None
    hours: tuple[tuple[int, int, int], ...] = ()
    away: tuple[int, int, str] | None = None
    follows: tuple[str, ...] = ()
    password: str = DEMO_PASSWORD


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLesson:
    """One lesson. `days` counts from today (negative: it is over), `clock` is the mentor's wall time;
    `booked` are usernames of learners."""

    mentor: str
    title: str
    description: str
    objectives: tuple[str, ...]
    skills: tuple[str, ...]
    level: str
    days: int
    clock: str
    minutes: int
    capacity: int
    booked: tuple[str, ...] = ()
    language: str = "en"
    price_minor: int = 0
    draft: bool = False


DEMO_LOGINS: tuple[DemoLogin, ...] = (
    DemoLogin("admin", "olga@peerlearn.example", "olga", "Olga Brandt", "Europe/Berlin"),
    DemoLogin(
        "mentor",
        "mira@peerlearn.example",
        "mira",
        "Mira Okafor",
        "Europe/Berlin",
        teach=("python", "sql", "data-analysis", "statistics"),
        levels=(("python", "advanced"), ("sql", "advanced"), ("data-analysis", "intermediate")),
        headline="Data engineer who explains with pencil and paper first",
        bio="Twelve years of pipelines, first at a hospital, now at a railway. I like small groups, slow "
        "examples and the question that nobody dares to ask. Bring your own data if you can.",
        languages=("en", "de"),
        rate_minor=4500,
        currency="EUR",
        hours=((0, 18, 21), (1, 18, 21), (2, 8, 10), (2, 18, 21), (3, 18, 21), (5, 10, 13)),
        away=(19, 23, "Visiting my sister"),
    ),
    DemoLogin(
        "mentor",
        "tomas@peerlearn.example",
        "tomas",
        "Tomás Herrera",
        "America/New_York",
        teach=("javascript", "web-development", "public-speaking", "spanish"),
        levels=(("web-development", "advanced"), ("public-speaking", "advanced")),
        headline="Web developer and debate coach",
        bio="I build websites for museums and coach a university debate team. Both are about deciding "
        "what to leave out. My lessons are half talking, half doing.",
        languages=("en", "es"),
        rate_minor=6000,
        currency="USD",
        hours=((0, 9, 12), (2, 9, 12), (2, 14, 17), (4, 9, 12), (6, 16, 19)),
    ),
    DemoLogin(
        "learner", "lea@peerlearn.example", "lea", "Lea Fontaine", "Europe/Paris",
        want=("python", "data-analysis", "public-speaking"), follows=("mira", "tomas"),
    ),
    DemoLogin(
        "learner", "jun@peerlearn.example", "jun", "Jun Watanabe", "Asia/Tokyo",
        want=("sql", "javascript", "english"), follows=("mira",),
    ),
    DemoLogin(
        "learner", "amara@peerlearn.example", "amara", "Amara Nwosu", "Africa/Lagos",
        want=("statistics", "web-development", "spanish"),
    ),
)  # fmt: skip

DEMO_LESSONS: tuple[DemoLesson, ...] = (
    DemoLesson(
        mentor="mira",
        title="Read other people’s Python without fear",
        description="We take one file of a library you use every day and read it line by line, aloud. "
        "You learn where to start, what to skip and how to ask a file a question.\n\nBring a laptop with "
        "Python 3.11 or newer.",
        objectives=(
            "Find the entrance of an unknown code base",
            "Follow a call through four files and write it down",
            "Tell what a decorator does without running it",
        ),
        skills=("python",),
        level="beginner",
        days=3,
        clock="18:00",
        minutes=60,
        capacity=6,
        booked=("lea", "amara"),
    ),
    DemoLesson(
        mentor="mira",
        title="SQL joins, drawn on paper",
        description="Inner, left, anti, self: we draw each join as two piles of cards before we type it. "
        "Afterwards you will never guess again why there are more rows than you expected.",
        objectives=(
            "Predict the number of rows before running a query",
            "Write an anti-join in two ways",
            "Spot a join that multiplies rows",
        ),
        skills=("sql", "data-analysis"),
        level="beginner",
        days=5,
        clock="17:30",
        minutes=45,
        capacity=8,
        booked=("jun",),
    ),
    DemoLesson(
        mentor="tomas",
        title="Your first accessible form",
        description="Labels, errors, focus: a form that works with a keyboard, a screen reader and a bad "
        "connection. We start from an empty file and end with something you can keep.",
        objectives=(
            "Label every field so that a screen reader says it",
            "Show errors where people look for them",
            "Fill in the form with the keyboard alone",
        ),
        skills=("web-development", "html"),
        level="beginner",
        days=4,
        clock="12:00",
        minutes=60,
        capacity=5,
        booked=("amara",),
    ),
    DemoLesson(
        mentor="tomas",
        title="Speak for three minutes, be remembered for a week",
        description="You speak, we listen, you speak again. Two rounds for everybody, so the group stays "
        "small. Bring a topic you could talk about in your sleep.",
        objectives=(
            "Open without an apology",
            "Build three minutes on one single thought",
            "End before the audience does",
        ),
        skills=("public-speaking",),
        level="intermediate",
        days=6,
        clock="13:00",
        minutes=90,
        capacity=4,
        booked=("lea", "jun"),
    ),
    DemoLesson(
        mentor="mira",
        title="One to one: your own data question",
        description="Half an hour for the question you have been carrying around. Send me nothing "
        "beforehand; we look at it together and decide what to try first.",
        objectives=("Leave with a next step you can do alone",),
        skills=("data-analysis", "python"),
        level="intermediate",
        days=7,
        clock="19:00",
        minutes=30,
        capacity=1,
        booked=("lea",),
    ),
    DemoLesson(
        mentor="tomas",
        title="JavaScript promises with a kitchen timer",
        description="Why does it log 3 before 2? We act out the event loop with cards and a kitchen "
        "timer, then write the code that fits.",
        objectives=(
            "Draw the order in which a snippet runs",
            "Choose between then and await on purpose",
            "Handle the error that nobody awaited",
        ),
        skills=("javascript",),
        level="intermediate",
        days=8,
        clock="12:30",
        minutes=60,
        capacity=6,
    ),
    DemoLesson(
        mentor="mira",
        title="Statistik ohne Formeln: Was ein p-Wert nicht sagt",
        description="Wir würfeln, zählen und zeichnen. Formeln kommen erst, wenn alle sehen, wozu man "
        "sie braucht. Die Stunde ist auf Deutsch.",
        objectives=(
            "Einen p-Wert in einem Satz richtig erklären",
            "Eine Stichprobe mit Würfeln simulieren",
        ),
        skills=("statistics",),
        level="beginner",
        days=10,
        clock="18:30",
        minutes=60,
        capacity=10,
        booked=("amara",),
        language="de",
    ),
    DemoLesson(
        mentor="tomas",
        title="Conversación: pedir, protestar, agradecer",
        description="Una hora de español para quien ya entiende y quiere atreverse. Tres escenas: el "
        "restaurante, la compañía telefónica y la despedida.",
        objectives=("Reclamar con educación", "Pedir un favor de tres maneras"),
        skills=("spanish",),
        level="intermediate",
        days=11,
        clock="11:00",
        minutes=60,
        capacity=3,
        booked=("amara",),
        language="es",
    ),
    DemoLesson(
        mentor="mira",
        title="Window functions, one pane at a time",
        description="Running totals, ranks and gaps without a self-join. We use a table of train delays "
        "that is ugly in all the ways real tables are.",
        objectives=(
            "Number rows within a group",
            "Compare each row with the one before it",
            "Read a frame clause without looking it up",
        ),
        skills=("sql",),
        level="advanced",
        days=13,
        clock="18:00",
        minutes=75,
        capacity=6,
        booked=("jun",),
    ),
    DemoLesson(
        mentor="tomas",
        title="CSS grid: lay out a newspaper page",
        description="A real front page from 1969 as our template. Named areas, sensible breaks on a "
        "phone, and not a single magic number.",
        objectives=("Place items by name", "Let a layout reflow without media queries"),
        skills=("css", "web-development"),
        level="beginner",
        days=14,
        clock="12:00",
        minutes=60,
        capacity=8,
    ),
    DemoLesson(
        mentor="mira",
        title="From notebook to script: tidy up together",
        description="Bring a notebook you are a little ashamed of. We turn one of them into a script "
        "with arguments and a test, and everybody leaves with a checklist.",
        objectives=(
            "Cut a notebook into functions",
            "Write the one test that pays",
            "Run it from the command line",
        ),
        skills=("python", "data-analysis"),
        level="intermediate",
        days=17,
        clock="17:00",
        minutes=90,
        capacity=5,
        booked=("lea",),
    ),
    DemoLesson(
        mentor="tomas",
        title="Debate for shy people",
        description="Sides are drawn by lot, so nobody has to defend what they believe. Short rounds, "
        "kind feedback, no recording.",
        objectives=("Answer an argument instead of its speaker", "Concede a point and stay standing"),
        skills=("public-speaking", "english"),
        level="beginner",
        days=20,
        clock="13:30",
        minutes=75,
        capacity=6,
    ),
    DemoLesson(
        mentor="mira",
        title="Python dictionaries from the inside",
        description="Hashing, order and the price of a lookup, with a paper model of the table.",
        objectives=("Explain why keys must not change", "Choose between a dict and a list"),
        skills=("python", "algorithms"),
        level="intermediate",
        days=9,
        clock="18:00",
        minutes=60,
        capacity=6,
        booked=("amara",),
    ),
    DemoLesson(
        mentor="tomas",
        title="Debug a web page like a detective",
        description="Five broken pages, five suspects. We read the network panel before we touch the "
        "code.",
        objectives=("Read a waterfall", "Find a layout shift and its cause"),
        skills=("web-development", "javascript"),
        level="beginner",
        days=15,
        clock="12:00",
        minutes=60,
        capacity=8,
    ),
    DemoLesson(
        mentor="mira",
        title="Regular expressions you can still read next year",
        description="A draft: verbose mode, named groups, and when to write a parser instead.",
        objectives=("Name every group",),
        skills=("python",),
        level="intermediate",
        days=24,
        clock="18:00",
        minutes=60,
        capacity=6,
        draft=True,
    ),
    DemoLesson(
        mentor="mira",
        title="Python dictionaries from the inside",
        description="Hashing, order and the price of a lookup, with a paper model of the table.",
        objectives=("Explain why keys must not change", "Choose between a dict and a list"),
        skills=("python", "algorithms"),
        level="intermediate",
        days=-4,
        price_minor=4500,
        clock="18:00",
        minutes=60,
        capacity=6,
        booked=("lea", "jun"),
    ),
    DemoLesson(
        mentor="tomas",
        title="Debug a web page like a detective",
        description="Five broken pages, five suspects. We read the network panel before we touch the "
        "code.",
        objectives=("Read a waterfall", "Find a layout shift and its cause"),
        skills=("web-development", "javascript"),
        level="beginner",
        days=-6,
        price_minor=3000,
        clock="12:00",
        minutes=60,
        capacity=8,
        booked=("amara", "jun", "lea"),
    ),
    DemoLesson(
        mentor="mira",
        title="Averages that lie",
        description="Mean, median and the friend who earns a million. We made three charts of one table "
        "that each told another story.",
        objectives=("Choose an average for a question", "Spot a cut axis"),
        skills=("statistics", "data-analysis"),
        level="beginner",
        days=-12,
        price_minor=2000,
        clock="17:30",
        minutes=45,
        capacity=10,
        booked=("amara", "lea"),
    ),
)
