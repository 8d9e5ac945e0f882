"""The store's tables, as numbered forward-only migrations.

A migration that has been released is never edited; a new one is added below it.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from archive.directories.tables import APART as _APART
from archive.directories.tables import TABLES as _DIRECTORIES
from archive.transcription.tables import LABELS as _SHEET_LABELS
from archive.transcription.tables import TABLES as _TRANSCRIPTION

migrations = Migrations("archive")


@migrations()
def m001_library(db: Database) -> None:
    """Works, editions, sections, passages with revisions, pages, originals, provenance, changes."""
    for statement in _TABLES.split(";\n\n"):
        db.execute(statement)


@migrations()
def m002_accounts(db: Database) -> None:
    """Accounts, the audit trail, and where each thing stands in review."""
    for statement in _ACCOUNTS.split(";\n\n"):
        db.execute(statement)


@migrations()
def m003_directories(db: Database) -> None:
    """Directories, their records with versions, internal values, links, tombstones, invitations."""
    for statement in _DIRECTORIES.split(";\n\n"):
        db.execute(statement)


@migrations()
def m004_mentions(db: Database) -> None:
    """Which names in the texts mean a record of a directory."""
    for statement in _MENTIONS.split(";\n\n"):
        db.execute(statement)


@migrations()
def m005_transcription(db: Database) -> None:
    """Source pictures, transcripts of pages with revisions, long work."""
    for statement in _TRANSCRIPTION.split(";\n\n"):
        db.execute(statement)


@migrations()
def m006_apart(db: Database) -> None:
    """Which records of a directory are not the same, however alike."""
    for statement in _APART.split(";\n\n"):
        db.execute(statement)


@migrations()
def m007_latest(db: Database) -> None:
    """Records in the order in which they were published."""
    db.execute("CREATE INDEX record_latest ON record(directory, published_at) WHERE published IS NOT NULL")


@migrations()
def m008_sheet_labels(db: Database) -> None:
    """What the source calls each of its pictures."""
    db.execute(_SHEET_LABELS)


@migrations()
def m009_choices(db: Database) -> None:
    """Choices of texts that people keep."""
    db.execute(_CHOICES)


_TABLES = """
CREATE TABLE change (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    edition_id INTEGER,
    what TEXT NOT NULL
);

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    source TEXT NOT NULL,
    engine TEXT NOT NULL,
    version TEXT NOT NULL,
    settings TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE work (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL DEFAULT '',
    dynasty TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    collection TEXT NOT NULL DEFAULT '',
    period TEXT NOT NULL DEFAULT '',
    genre TEXT NOT NULL DEFAULT '',
    year_from INTEGER,
    year_to INTEGER,
    language TEXT NOT NULL DEFAULT 'zh',
    subjects TEXT NOT NULL DEFAULT '[]',
    abstract TEXT NOT NULL DEFAULT ''
);

CREATE TABLE edition (
    id INTEGER PRIMARY KEY,
    urn TEXT NOT NULL UNIQUE,
    work_id TEXT NOT NULL REFERENCES work(id),
    label TEXT NOT NULL,
    statement TEXT NOT NULL DEFAULT '',
    series TEXT NOT NULL DEFAULT '',
    script TEXT NOT NULL DEFAULT '',
    vertical INTEGER NOT NULL DEFAULT 0,
    rights_text TEXT NOT NULL DEFAULT 'public' CHECK (rights_text IN ('public', 'snippet', 'staff')),
    rights_punctuation TEXT NOT NULL DEFAULT 'public' CHECK (rights_punctuation IN ('public', 'snippet', 'staff')),
    rights_notes TEXT NOT NULL DEFAULT 'public' CHECK (rights_notes IN ('public', 'snippet', 'staff')),
    rights_scans TEXT NOT NULL DEFAULT 'public' CHECK (rights_scans IN ('public', 'snippet', 'staff')),
    citation TEXT NOT NULL DEFAULT '{}',
    status TEXT NOT NULL DEFAULT 'complete' CHECK (status IN ('complete', 'waiting-ocr')),
    characters INTEGER NOT NULL DEFAULT 0,
    passages INTEGER NOT NULL DEFAULT 0,
    pages INTEGER NOT NULL DEFAULT 0,
    fingerprint TEXT NOT NULL,
    withdrawn_at TEXT
);

CREATE INDEX edition_work ON edition(work_id);

CREATE TABLE section (
    id INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition(id),
    path TEXT NOT NULL,
    parent TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    level INTEGER NOT NULL,
    title TEXT NOT NULL,
    withdrawn_at TEXT,
    UNIQUE (edition_id, path)
);

CREATE TABLE page (
    id INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition(id),
    ordinal INTEGER NOT NULL,
    label TEXT NOT NULL,
    juan TEXT NOT NULL DEFAULT '',
    leaf TEXT NOT NULL DEFAULT '',
    mark TEXT NOT NULL DEFAULT '',
    image TEXT NOT NULL DEFAULT '',
    UNIQUE (edition_id, ordinal)
);

CREATE TABLE passage (
    id INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition(id),
    section TEXT NOT NULL,
    ref TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    notes TEXT NOT NULL DEFAULT '',
    marks TEXT NOT NULL DEFAULT '',
    lines TEXT NOT NULL DEFAULT '',
    pages TEXT NOT NULL DEFAULT '',
    first_page INTEGER NOT NULL DEFAULT -1,
    last_page INTEGER NOT NULL DEFAULT -1,
    revision INTEGER NOT NULL DEFAULT 1,
    run_id INTEGER NOT NULL REFERENCES run(id),
    withdrawn_at TEXT
);

CREATE UNIQUE INDEX passage_ref ON passage(edition_id, ref);

CREATE INDEX passage_order ON passage(edition_id, ordinal);

CREATE TABLE revision (
    passage_id INTEGER NOT NULL REFERENCES passage(id),
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    notes TEXT NOT NULL,
    marks TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run(id),
    PRIMARY KEY (passage_id, number)
) WITHOUT ROWID;

CREATE TABLE original (
    sha256 TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE edition_original (
    edition_id INTEGER NOT NULL REFERENCES edition(id),
    sha256 TEXT NOT NULL REFERENCES original(sha256),
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run(id),
    PRIMARY KEY (edition_id, name, sha256)
) WITHOUT ROWID
"""

_ACCOUNTS = """
CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL DEFAULT '[]',
    password TEXT NOT NULL,
    temporary INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
    created_at TEXT NOT NULL,
    last_login_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT,
    epoch INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    details TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX audit_object ON audit(object);

CREATE INDEX audit_who ON audit(who);

CREATE TRIGGER audit_append BEFORE INSERT ON audit
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'audit: append only'); END;

CREATE TRIGGER audit_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit: append only'); END;

CREATE TRIGGER audit_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit: append only'); END;

CREATE TABLE review (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('draft', 'first', 'second', 'final', 'published', 'withdrawn')),
    published INTEGER,
    submitter TEXT NOT NULL,
    authors TEXT NOT NULL,
    approvals TEXT NOT NULL DEFAULT '{}',
    since TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
) WITHOUT ROWID;

CREATE INDEX review_stage ON review(stage, since);

CREATE INDEX review_submitter ON review(submitter, since);

CREATE TABLE review_step (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('submit', 'approve', 'return', 'withdraw')),
    came TEXT NOT NULL,
    went TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT ''
);

CREATE INDEX review_step_subject ON review_step(kind, subject)
"""

_MENTIONS = """
CREATE TABLE mention (
    record_id INTEGER NOT NULL REFERENCES record(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    target TEXT NOT NULL,
    meant INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (record_id, name, target)
) WITHOUT ROWID;

CREATE INDEX mention_target ON mention(target) WHERE meant
"""

_CHOICES = """
CREATE TABLE choice (
    user_id INTEGER NOT NULL REFERENCES user(id),
    name TEXT NOT NULL,
    limits TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (user_id, name)
) WITHOUT ROWID
"""
