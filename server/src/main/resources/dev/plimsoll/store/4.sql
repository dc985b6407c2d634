-- How the instances of a cluster are checked, what an operator laid over the instances' own data, and the switches.
-- health_checker and metadata are JSON objects.

CREATE TABLE naming_cluster (
    namespace_id        TEXT NOT NULL,
    group_name          TEXT NOT NULL,
    service_name        TEXT NOT NULL,
    cluster_name        TEXT NOT NULL,
    health_checker      TEXT NOT NULL,
    check_port          INTEGER NOT NULL,
    use_instance_port   INTEGER NOT NULL,
    metadata            TEXT NOT NULL,
    PRIMARY KEY (namespace_id, group_name, service_name, cluster_name)
);

CREATE TABLE naming_instance_metadata (
    namespace_id TEXT NOT NULL,
    group_name   TEXT NOT NULL,
    service_name TEXT NOT NULL,
    ip           TEXT NOT NULL,
    port         INTEGER NOT NULL,
    cluster_name TEXT NOT NULL,
    weight       REAL,
    enabled      INTEGER,
    metadata     TEXT NOT NULL,
    PRIMARY KEY (namespace_id, group_name, service_name, ip, port, cluster_name)
);

CREATE TABLE naming_switch (
    entry TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
