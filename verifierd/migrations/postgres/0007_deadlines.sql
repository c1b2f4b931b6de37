-- What is told of an account when its time comes, each once.
CREATE TABLE deadline (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES account (account_id),
    kind TEXT NOT NULL CHECK (kind IN ('REGISTRY_CHECK', 'CERTIFICATE')),
    object TEXT NOT NULL,
    at BIGINT NOT NULL,
    told_at BIGINT,
    PRIMARY KEY (account_id, kind)
);

CREATE INDEX deadline_waiting ON deadline (kind, at, account_id) WHERE told_at IS NULL;
-- The checks that are overdue now: an answer takes the row away.
CREATE INDEX deadline_overdue ON deadline (at)
    WHERE kind = 'REGISTRY_CHECK' AND told_at IS NOT NULL;
