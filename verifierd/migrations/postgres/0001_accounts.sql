-- What the database was founded with: the look-up key is known by what it makes of the id.
CREATE TABLE instance (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    look_up_check BYTEA NOT NULL CHECK (length(look_up_check) = 32)
);

-- The data keys that rows may be sealed with: each is known by the id that it has sealed.
CREATE TABLE data_key (
    key_id TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- `sealed` holds the names, the contacts, the personal data and the words of a block.
CREATE TABLE account (
    -- Listed in the order of octets, whatever the language of the server.
    account_id TEXT COLLATE "C" PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES data_key (key_id),
    sealed BYTEA NOT NULL,
    phone_digest BYTEA CHECK (length(phone_digest) = 32),
    email_digest BYTEA CHECK (length(email_digest) = 32),
    snils_digest BYTEA CHECK (length(snils_digest) = 32),
    registered_at BIGINT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('SIMPLIFIED', 'STANDARD', 'CONFIRMED')),
    blocked TEXT,
    registry_check TEXT,
    confirmation TEXT,
    CHECK (phone_digest IS NOT NULL OR email_digest IS NOT NULL),
    CHECK (level = 'SIMPLIFIED' OR snils_digest IS NOT NULL),
    CHECK ((level = 'CONFIRMED') = (confirmation IS NOT NULL))
);

CREATE UNIQUE INDEX account_phone ON account (phone_digest);
CREATE UNIQUE INDEX account_email ON account (email_digest);
-- One person, one account of level STANDARD or higher.
CREATE UNIQUE INDEX account_snils ON account (snils_digest) WHERE level <> 'SIMPLIFIED';
CREATE INDEX account_key ON account (key_id, account_id);

CREATE TABLE application (
    application_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (account_id),
    channel TEXT NOT NULL,
    audience TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    cancelled_at BIGINT,
    key_id TEXT NOT NULL REFERENCES data_key (key_id),
    sealed BYTEA NOT NULL
);

CREATE INDEX application_account ON application (account_id);
CREATE INDEX application_key ON application (key_id, application_id);

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
    key_id TEXT NOT NULL REFERENCES data_key (key_id),
    sealed_signature BYTEA NOT NULL,
    sealed_content BYTEA NOT NULL,
    sealed_report BYTEA NOT NULL,
    policy_digest TEXT NOT NULL,
    trust_digest TEXT NOT NULL,
    digest BYTEA NOT NULL CHECK (length(digest) = 32)
);

CREATE INDEX evidence_key ON evidence (key_id, evidence_id);

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
CREATE TRIGGER evidence_append_only BEFORE DELETE OR TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- A new key may seal what is there; what is there stays: `digest` is over the parts themselves.
CREATE TRIGGER evidence_no_update BEFORE UPDATE OF
    evidence_id, application_id, at, policy_digest, trust_digest, digest ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outcome_final BEFORE UPDATE ON outcome
    FOR EACH ROW WHEN (OLD.decision <> 'DEFERRED') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outcome_no_delete BEFORE DELETE OR TRUNCATE ON outcome
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
