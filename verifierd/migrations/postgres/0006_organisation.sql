-- Organisations of accounts. Which one stands in the sealed bytes of the
-- application that the link rests on; here it is found by its keyed digest.
CREATE TABLE organisation_link (
    application_id TEXT PRIMARY KEY REFERENCES application (application_id),
    account_id TEXT NOT NULL REFERENCES account (account_id),
    organisation_digest BYTEA NOT NULL CHECK (length(organisation_digest) = 32),
    linked_at BIGINT NOT NULL,
    ended_at BIGINT,
    evidence_id TEXT NOT NULL UNIQUE REFERENCES evidence (evidence_id)
);

CREATE INDEX organisation_link_account ON organisation_link (account_id, linked_at);
-- An organisation is linked to an account once.
CREATE UNIQUE INDEX organisation_link_live ON organisation_link (account_id, organisation_digest)
    WHERE ended_at IS NULL;
