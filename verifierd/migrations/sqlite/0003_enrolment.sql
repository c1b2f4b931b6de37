-- Who may attest. The personal number of an operator is sealed, and found by
-- its keyed digest.
CREATE TABLE enrolment (
    enrolment_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('CENTRE', 'OPERATOR', 'BANK')),
    centre_id TEXT,
    ogrn TEXT,
    name TEXT,
    key_id TEXT REFERENCES data_key (key_id),
    sealed BLOB,
    snils_digest BLOB CHECK (length(snils_digest) = 32),
    from_at BIGINT NOT NULL,
    until_at BIGINT CHECK (until_at >= from_at),
    made_at BIGINT NOT NULL,
    ended_at BIGINT,
    CHECK ((kind = 'BANK') = (ogrn IS NOT NULL)),
    CHECK ((kind = 'BANK') = (centre_id IS NULL)),
    CHECK ((kind = 'OPERATOR') = (name IS NULL)),
    CHECK ((kind = 'OPERATOR') = (snils_digest IS NOT NULL)),
    CHECK ((kind = 'OPERATOR') = (sealed IS NOT NULL)),
    CHECK ((sealed IS NULL) = (key_id IS NULL)),
    CHECK (ended_at IS NULL OR until_at IS NOT NULL)
);

-- One enrolment at a time of each, until it is ended.
CREATE UNIQUE INDEX enrolment_centre ON enrolment (centre_id)
    WHERE kind = 'CENTRE' AND ended_at IS NULL;
CREATE UNIQUE INDEX enrolment_operator ON enrolment (centre_id, snils_digest)
    WHERE kind = 'OPERATOR' AND ended_at IS NULL;
CREATE UNIQUE INDEX enrolment_bank ON enrolment (ogrn)
    WHERE kind = 'BANK' AND ended_at IS NULL;

CREATE INDEX enrolment_key ON enrolment (key_id, enrolment_id);

-- What is asked when an attestation is judged.
CREATE INDEX enrolment_of_centre ON enrolment (centre_id, kind);
CREATE INDEX enrolment_of_bank ON enrolment (ogrn);

-- Every act upon an enrolment, at the place of its leaf.
CREATE TABLE enrolment_act (
    sequence BIGINT PRIMARY KEY REFERENCES audit_leaf (sequence),
    enrolment_id TEXT NOT NULL REFERENCES enrolment (enrolment_id),
    act TEXT NOT NULL CHECK (act IN ('ENROLLED', 'ENDED')),
    at BIGINT NOT NULL,
    acted_by TEXT NOT NULL,
    until_at BIGINT
);

CREATE INDEX enrolment_act_enrolment ON enrolment_act (enrolment_id, sequence);

-- Its end is brought forward; nothing else of it ever changes but the key
-- that seals it.
CREATE TRIGGER enrolment_end_only BEFORE UPDATE ON enrolment
WHEN NEW.enrolment_id IS NOT OLD.enrolment_id OR NEW.kind IS NOT OLD.kind
    OR NEW.centre_id IS NOT OLD.centre_id OR NEW.ogrn IS NOT OLD.ogrn
    OR NEW.name IS NOT OLD.name OR NEW.snils_digest IS NOT OLD.snils_digest
    OR NEW.from_at IS NOT OLD.from_at OR NEW.made_at IS NOT OLD.made_at
    OR (OLD.until_at IS NOT NULL AND (NEW.until_at IS NULL OR NEW.until_at > OLD.until_at))
    OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'an enrolment can only end');
END;

CREATE TRIGGER enrolment_no_delete BEFORE DELETE ON enrolment
BEGIN
    SELECT RAISE(ABORT, 'an enrolment can only end');
END;

CREATE TRIGGER enrolment_act_no_update BEFORE UPDATE ON enrolment_act
BEGIN
    SELECT RAISE(ABORT, 'enrolment_act is append-only');
END;

CREATE TRIGGER enrolment_act_no_delete BEFORE DELETE ON enrolment_act
BEGIN
    SELECT RAISE(ABORT, 'enrolment_act is append-only');
END;
