-- A result is known by cell and machine; a series joins the builds and nights of one question.
-- The rows are made anew from the result files: what is here was written without a machine.

DELETE FROM runs;
ALTER TABLE cells ADD COLUMN machine VARCHAR NOT NULL;
ALTER TABLE cells ADD COLUMN series VARCHAR;
ALTER TABLE cells ADD COLUMN build VARCHAR;
DROP INDEX cells_by_cell_id;
CREATE INDEX cells_by_cell_id ON cells (cell_id, machine, finished_at);
CREATE INDEX cells_by_series ON cells (series, machine, finished_at);
