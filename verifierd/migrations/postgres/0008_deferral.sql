-- The applications that are judged again, and who is at it.
CREATE TABLE deferral (
    application_id TEXT COLLATE "C" PRIMARY KEY REFERENCES outcome (application_id),
    since BIGINT NOT NULL,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    next_at BIGINT NOT NULL,
    leased_by TEXT,
    leased_until BIGINT,
    CHECK ((leased_by IS NULL) = (leased_until IS NULL))
);

CREATE INDEX deferral_due ON deferral (next_at, application_id);
