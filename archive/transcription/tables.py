"""The tables of transcription and of long work. A transcript's words stand in its revisions alone."""

TABLES = """
CREATE TABLE sheet (
    id INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition(id),
    number INTEGER,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES original(sha256),
    frame INTEGER NOT NULL,
    image TEXT NOT NULL DEFAULT '',
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    UNIQUE (edition_id, number)
);

CREATE TABLE transcript (
    id INTEGER PRIMARY KEY,
    sheet_id INTEGER NOT NULL REFERENCES sheet(id),
    side INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('empty', 'unread', 'problem', 'proofread', 'validated')),
    label TEXT NOT NULL,
    characters INTEGER NOT NULL,
    confidence REAL NOT NULL,
    doubtful INTEGER NOT NULL,
    picture TEXT NOT NULL DEFAULT '',
    by_hand INTEGER NOT NULL DEFAULT 0,
    proofread_by TEXT NOT NULL DEFAULT '',
    validated_by TEXT NOT NULL DEFAULT '',
    dropped_at TEXT,
    UNIQUE (sheet_id, side)
);

CREATE TABLE transcript_revision (
    id INTEGER PRIMARY KEY,
    transcript_id INTEGER NOT NULL REFERENCES transcript(id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run(id),
    UNIQUE (transcript_id, number)
);

CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('ocr', 'set')),
    edition_id INTEGER NOT NULL REFERENCES edition(id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'done', 'failed', 'cancelled')),
    who TEXT NOT NULL,
    settings TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    message TEXT NOT NULL DEFAULT '',
    read INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX job_alone ON job(edition_id) WHERE kind = 'ocr' AND state IN ('waiting', 'running', 'paused');

CREATE UNIQUE INDEX job_waiting ON job(edition_id, kind) WHERE state = 'waiting';

CREATE TABLE job_page (
    job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    sheet_id INTEGER NOT NULL REFERENCES sheet(id),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job_id, sheet_id)
) WITHOUT ROWID
"""

LABELS = "ALTER TABLE sheet ADD COLUMN label TEXT NOT NULL DEFAULT ''"
