"""The directories' tables. Internal values have a table of their own, which no public reader names."""

TABLES = """
CREATE TABLE directory (
    id TEXT PRIMARY KEY,
    declaration TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE directory_change (
    number INTEGER PRIMARY KEY,
    directory TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    declaration TEXT NOT NULL,
    what TEXT NOT NULL
);

CREATE TABLE record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    directory TEXT NOT NULL,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    published INTEGER,
    published_at TEXT,
    identity TEXT NOT NULL DEFAULT '',
    withdrawn_at TEXT,
    hidden_at TEXT,
    merged_into TEXT,
    changed INTEGER NOT NULL,
    UNIQUE (directory, slug)
);

CREATE INDEX record_identity ON record(directory, identity) WHERE identity != '';

CREATE INDEX record_merged ON record(merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX record_changed ON record(directory, changed);

CREATE INDEX record_last ON record(changed);

CREATE TABLE record_version (
    record_id INTEGER NOT NULL REFERENCES record(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    fields TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run(id),
    PRIMARY KEY (record_id, number)
) WITHOUT ROWID;

CREATE INDEX record_version_run ON record_version(run_id);

CREATE TABLE record_internal (
    record_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (record_id, number),
    FOREIGN KEY (record_id, number) REFERENCES record_version(record_id, number) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE record_link (
    record_id INTEGER NOT NULL REFERENCES record(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    field TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (record_id, number, field, ordinal)
) WITHOUT ROWID;

CREATE INDEX record_link_target ON record_link(target);

CREATE TABLE tombstone (
    directory TEXT NOT NULL,
    slug TEXT NOT NULL,
    at TEXT NOT NULL,
    ground TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (directory, slug)
) WITHOUT ROWID;

CREATE TABLE invitation (
    token TEXT PRIMARY KEY,
    record_id INTEGER NOT NULL REFERENCES record(id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) WITHOUT ROWID;

CREATE INDEX invitation_record ON invitation(record_id);

CREATE TABLE column_mapping (
    directory TEXT NOT NULL,
    heading TEXT NOT NULL,
    field TEXT NOT NULL,
    PRIMARY KEY (directory, heading)
) WITHOUT ROWID
"""

APART = """
CREATE TABLE record_apart (
    record_id INTEGER NOT NULL REFERENCES record(id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES record(id) ON DELETE CASCADE CHECK (record_id < other_id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (record_id, other_id)
) WITHOUT ROWID;

CREATE INDEX record_apart_other ON record_apart(other_id)
"""
"""Pairs that somebody has judged not to be the same."""
