CREATE TABLE instance (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL
);

CREATE TABLE account (
    -- Listed in the order of octets, whatever the language of the server.
    account_id TEXT COLLATE "C" PRIMARY KEY,
    surname TEXT NOT NULL,
    given_name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    registered_at BIGINT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('SIMPLIFIED', 'STANDARD', 'CONFIRMED')),
    blocked TEXT,
    snils TEXT,
    claims TEXT,
    registry_check TEXT,
    confirmation TEXT,
    CHECK (phone IS NOT NULL OR email IS NOT NULL),
    CHECK (level = 'SIMPLIFIED' OR snils IS NOT NULL),
    CHECK ((level = 'CONFIRMED') = (confirmation IS NOT NULL))
);

CREATE UNIQUE INDEX account_phone ON account (phone);
CREATE UNIQUE INDEX account_email ON account (email);
-- One person, one account of level STANDARD or higher.
CREATE UNIQUE INDEX account_snils ON account (snils) WHERE level <> 'SIMPLIFIED';

CREATE TABLE application (
    application_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (account_id),
    channel TEXT NOT NULL,
    audience TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    cancelled_at BIGINT,
    content BYTEA NOT NULL
);

CREATE INDEX application_account ON application (account_id);

CREATE TABLE audit_leaf (
    sequence BIGINT PRIMARY KEY CHECK (sequence >= 0),
    leaf BYTEA NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

-- Size of the log and the roots of its perfect subtrees, largest first. The
-- row is the lock that gives leaves their order.
CREATE TABLE audit_head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    size BIGINT NOT NULL,
    frontier BYTEA NOT NULL
);

INSERT INTO audit_head (one, size, frontier) VALUES (1, 0, '');

-- An event stands at the place of its leaf.
CREATE TABLE event (
    sequence BIGINT PRIMARY KEY REFERENCES audit_leaf (sequence),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    account_id TEXT REFERENCES account (account_id),
    level TEXT,
    application_id TEXT REFERENCES application (application_id),
    object TEXT,
    reasons TEXT NOT NULL,
    CHECK ((account_id IS NULL) = (level IS NULL))
);

CREATE TABLE evidence (
    evidence_id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (application_id),
    at BIGINT NOT NULL,
    signature BYTEA NOT NULL,
    content BYTEA NOT NULL,
    report TEXT NOT NULL,
    policy_digest TEXT NOT NULL,
    trust_digest TEXT NOT NULL,
    digest BYTEA NOT NULL CHECK (length(digest) = 32)
);

-- One outcome an application.
CREATE TABLE outcome (
    application_id TEXT PRIMARY KEY REFERENCES application (application_id),
    decision TEXT NOT NULL CHECK (decision IN ('ACCEPTED', 'REJECTED', 'DEFERRED')),
    reasons TEXT NOT NULL,
    evidence_id TEXT NOT NULL UNIQUE REFERENCES evidence (evidence_id),
    signature_sha256 BYTEA NOT NULL CHECK (length(signature_sha256) = 32),
    decided_at BIGINT NOT NULL,
    retry_at BIGINT,
    audit_sequence BIGINT NOT NULL UNIQUE REFERENCES audit_leaf (sequence)
);

CREATE TABLE failed_try (
    account_id TEXT NOT NULL REFERENCES account (account_id),
    application_id TEXT NOT NULL REFERENCES application (application_id),
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    signature_sha256 BYTEA NOT NULL
);

CREATE INDEX failed_try_account ON failed_try (account_id, at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;

CREATE TRIGGER audit_leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outcome_final BEFORE UPDATE ON outcome
    FOR EACH ROW WHEN (OLD.decision <> 'DEFERRED') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outcome_no_delete BEFORE DELETE OR TRUNCATE ON outcome
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
