-- Prescriptions whose five years are over are deleted by the keeper (CSP R.4071-1, 2°). What is over is found by BRIN
-- indexes (`ends_on`, and `year` here): a few pages for a whole table, and next to nothing at each write.
CREATE INDEX act_by_year ON act USING brin (year);
CREATE INDEX audit_by_year ON audit USING brin (year);

-- Rows written before `ends_on` was: the day of writing lies encrypted, and the keeper holds no key. A prescription is
-- registered at most twelve months after it was written: five years from its registration keep it that much longer at most.
UPDATE act SET ends_on = ((recorded_at AT TIME ZONE 'Europe/Paris')::date + interval '5 years')::date
    WHERE kind = 'register' AND ends_on IS NULL;
-- A registration without an end would be kept for ever.
ALTER TABLE act ADD CONSTRAINT registration_ends CHECK (kind <> 'register' OR ends_on IS NOT NULL);

-- How many rows went, by day of deletion and declared year; nobody is named, and it is kept.
CREATE TABLE erased (
    day     date     NOT NULL,
    year    smallint NOT NULL,
    rows_of text     NOT NULL,
    rows    bigint   NOT NULL CHECK (rows > 0),
    PRIMARY KEY (day, year, rows_of)
);
COMMENT ON TABLE erased IS 'Rows deleted by the keeper, by table, and `prescriptions` for how many these were';

GRANT SELECT, INSERT, UPDATE ON erased TO ordonum_keeper;
GRANT SELECT ON key_fingerprint TO ordonum_keeper;
