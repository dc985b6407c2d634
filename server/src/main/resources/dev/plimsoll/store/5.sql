-- Who may log in, and what their roles permit. Names of tables and columns are the reference's. password is a bcrypt hash.

CREATE TABLE users (
    username TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    enabled  INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE roles (
    username TEXT NOT NULL,
    role     TEXT NOT NULL,
    PRIMARY KEY (role, username)
);

CREATE TABLE permissions (
    role     TEXT NOT NULL,
    resource TEXT NOT NULL,
    action   TEXT NOT NULL,
    PRIMARY KEY (role, resource, action)
);
