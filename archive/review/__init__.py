"""Nothing is published unreviewed: draft → 初审 → 复审 → 终审 → published, whatever is published (DESIGN §4, law 10).

A subject is anything with an id and numbered versions. Its review belongs to one version: three different people
approve it, none of them an author of the change; then, and in the same transaction, it is what the public sees. A newer
version goes the same way while the published one stays. A step is taken on the stage and version its taker saw; who
comes second is told how things stand now.

`State.published` is the one truth of what the public sees. A kind of subject (`archive.kinds`) is told when that
changes, so that what it derives from it changes with it or not at all.
"""

from __future__ import annotations

from archive.review.standing import ACTS, STAGES, STEPS, Change, Kind, Stage, State, Step, Subject, Taken
from archive.review.workflow import LONGEST_COMMENT, Overtaken, Review

__all__ = [
    "ACTS",
    "LONGEST_COMMENT",
    "STAGES",
    "STEPS",
    "Change",
    "Kind",
    "Overtaken",
    "Review",
    "Stage",
    "State",
    "Step",
    "Subject",
    "Taken",
]
