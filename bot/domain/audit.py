"""The audit trail's words: who did what to which thing. Ids only: no text of a merchant stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

CLOCK = "clock"
"""Who did it where nobody did: its time had come."""


class Deed(StrEnum):
    """What somebody did."""

    ASKED = "asked"
    OPENED = "opened"
    LISTED = "listed"
    EXPORTED = "exported"
    TEAM_MADE = "team_made"
    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"
    ROLE_GIVEN = "role_given"
    HANDED_OVER = "handed_over"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    INVITED = "invited"
    INVITATION_REVOKED = "invitation_revoked"
    MERCHANT_ADDED = "merchant_added"
    MERCHANT_RENAMED = "merchant_renamed"
    MERCHANT_DELETED = "merchant_deleted"
    AUTHORISED = "authorised"
    AUTHORISATION_ENDED = "authorisation_ended"
    BOUND = "bound"
    UNBOUND = "unbound"
    DOCUMENT_ADDED = "document_added"
    DOCUMENT_RESTORED = "document_restored"
    DOCUMENT_REMOVED = "document_removed"
    SESSION_PLANNED = "session_planned"
    SESSION_CHANGED = "session_changed"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_BEGUN = "session_begun"
    SESSION_ENDED = "session_ended"
    SERIES_MADE = "series_made"
    SERIES_ENDED = "series_ended"
    ORDER_KEPT = "order_kept"
    ITEM_TICKED = "item_ticked"
    ITEM_UNDONE = "item_undone"
    ITEM_SKIPPED = "item_skipped"
    ITEM_ASSIGNED = "item_assigned"
    ITEM_NOTED = "item_noted"
    RHYTHM_SET = "rhythm_set"
    WITHHOLDING_SET = "withholding_set"
    REFUSED = "refused"
    ROBOT_ADDED = "robot_added"
    ROBOT_REMOVED = "robot_removed"
    RULES_CHANGED = "rules_changed"
    PROPOSAL_DECLINED = "proposal_declined"
    FEED_ADDED = "feed_added"
    FEED_REVOKED = "feed_revoked"
    POLL_SET = "poll_set"
    POLL_STOPPED = "poll_stopped"
    SAMPLES_TAKEN = "samples_taken"
    MESSAGE_READ = "message_read"
    MESSAGE_RETRIED = "message_retried"
    MESSAGE_DISCARDED = "message_discarded"


OF_THE_TRAIL = "audit"
"""What `detail` of a LISTED entry calls the trail itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail. `person` did it in `chat`; `team` and `merchant` are whose thing it was, empty where nobody's.

    `subject` is the id of the thing: a person, an invitation, a document, an exchange.
    `detail` says more with ids, roles, dates and numbers, never with text that somebody wrote. `number` is the entry's place in
    the trail, 0 as long as it has none.
    """

    at: datetime
    person: str
    deed: Deed
    chat: str = ""
    team: str = ""
    merchant: str = ""
    subject: str = ""
    detail: dict[str, str] = field(default_factory=dict)
    number: int = field(default=0, compare=False)
