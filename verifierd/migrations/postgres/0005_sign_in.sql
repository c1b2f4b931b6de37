CREATE TABLE sign_in_challenge (
    challenge_id TEXT PRIMARY KEY,
    audience TEXT NOT NULL,
    origin TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    content BYTEA NOT NULL UNIQUE,
    failed_tries BIGINT NOT NULL DEFAULT 0 CHECK (failed_tries BETWEEN 0 AND 3)
);

CREATE INDEX sign_in_challenge_expiry ON sign_in_challenge (expires_at);

-- One use a challenge. The account is absent when the certificate is of no
-- confirmed account.
CREATE TABLE sign_in_use (
    challenge_id TEXT PRIMARY KEY REFERENCES sign_in_challenge (challenge_id) ON DELETE CASCADE,
    account_id TEXT REFERENCES account (account_id),
    at BIGINT NOT NULL,
    audit_sequence BIGINT NOT NULL UNIQUE REFERENCES audit_leaf (sequence)
);

CREATE TRIGGER sign_in_use_final BEFORE UPDATE ON sign_in_use
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
