-- An index of result files. Everything here can be rebuilt from them.

CREATE TABLE runs (
    run   VARCHAR NOT NULL PRIMARY KEY,
    suite VARCHAR NOT NULL
);

-- One row a result file: a cell as one run saw it. Names may differ between runs of one cell id.
CREATE TABLE cells (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run              VARCHAR NOT NULL REFERENCES runs ON DELETE CASCADE,
    cell_id          VARCHAR NOT NULL,
    model            VARCHAR NOT NULL,
    model_sha256     VARCHAR NOT NULL,
    recipe           VARCHAR NOT NULL,
    target           VARCHAR NOT NULL,
    hardware_profile VARCHAR NOT NULL,
    baseline         BOOLEAN NOT NULL,
    status           VARCHAR NOT NULL,
    failure          VARCHAR,
    started_at       TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    finished_at      TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    file             VARCHAR NOT NULL,
    UNIQUE (run, cell_id)
);
CREATE INDEX cells_by_cell_id ON cells (cell_id, finished_at);
CREATE INDEX cells_by_names ON cells (model, recipe);

CREATE TABLE protocols (
    id       CHAR(12) NOT NULL PRIMARY KEY,
    settings VARCHAR NOT NULL
);

CREATE TABLE measurements (
    id                  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cell                BIGINT NOT NULL REFERENCES cells ON DELETE CASCADE,
    position            INT NOT NULL,
    metric              VARCHAR NOT NULL,
    protocol            CHAR(12) NOT NULL REFERENCES protocols,
    provenance          VARCHAR NOT NULL,
    figure              DOUBLE PRECISION,
    unit                VARCHAR NOT NULL,
    direction           VARCHAR NOT NULL,
    standard_error      DOUBLE PRECISION,
    interval_low        DOUBLE PRECISION,
    interval_high       DOUBLE PRECISION,
    interval_confidence DOUBLE PRECISION,
    interval_method     VARCHAR,
    note                VARCHAR,
    UNIQUE (cell, metric, protocol)
);
CREATE INDEX measurements_by_metric ON measurements (metric, protocol);

CREATE TABLE samples (
    measurement BIGINT NOT NULL REFERENCES measurements ON DELETE CASCADE,
    position    INT NOT NULL,
    sample      DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (measurement, position)
);

CREATE TABLE ceilings (
    cell     BIGINT NOT NULL REFERENCES cells ON DELETE CASCADE,
    position INT NOT NULL,
    kind     VARCHAR NOT NULL,
    name     VARCHAR NOT NULL,
    dtype    VARCHAR NOT NULL,
    figure   DOUBLE PRECISION NOT NULL,
    unit     VARCHAR NOT NULL,
    origin   VARCHAR NOT NULL,
    source   VARCHAR NOT NULL,
    samples  DOUBLE PRECISION ARRAY NOT NULL,
    PRIMARY KEY (cell, position)
);
