-- What is kept of the code of a letter: a password hash. The letter itself is
-- an application of channel POSTAL_CODE.
CREATE TABLE postal_code (
    application_id TEXT PRIMARY KEY REFERENCES application (application_id),
    account_id TEXT NOT NULL REFERENCES account (account_id),
    issued_at BIGINT NOT NULL,
    hash TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),
    wrong_tries BIGINT NOT NULL DEFAULT 0 CHECK (wrong_tries BETWEEN 0 AND 5)
);

CREATE UNIQUE INDEX postal_code_account ON postal_code (account_id, issued_at);
