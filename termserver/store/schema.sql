-- One loaded distribution, written once and then opened read-only and immutable.
-- 'TSPK' and the format version: anything else is refused, never read by halves.
PRAGMA application_id = 1414746187;
PRAGMA user_version = 2;

-- Versions of code systems. Concepts of one stand in the range [first, last) of ordinals, so that
-- membership in a system is two comparisons.
CREATE TABLE code_system (
    id       INTEGER PRIMARY KEY,
    url      TEXT NOT NULL,
    version  TEXT,
    content  TEXT NOT NULL,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    facts    TEXT NOT NULL,       -- model.CodeSystem as JSON, without `resource`
    resource TEXT NOT NULL        -- the FHIR resource without its concepts
);
-- a canonical names one version
CREATE UNIQUE INDEX code_system_canonical ON code_system (url, coalesce(version, ''));

-- SNOMED CT modules by small numbers: an id takes eight bytes in each of millions of rows.
CREATE TABLE module (
    number INTEGER PRIMARY KEY,
    id     INTEGER NOT NULL
);

-- `ordinal` numbers the concepts of the pack in pre-order of the hierarchy of their system.
CREATE TABLE concept (
    ordinal        INTEGER PRIMARY KEY,
    code_system    INTEGER NOT NULL REFERENCES code_system,
    code           TEXT NOT NULL,
    display        TEXT,
    definition     TEXT,
    inactive       INTEGER NOT NULL,
    abstract       INTEGER NOT NULL,
    status         TEXT,
    depth          INTEGER NOT NULL,  -- along first parents; a root has 0
    module         INTEGER REFERENCES module,
    effective_time INTEGER,
    defined        INTEGER,
    extensions     TEXT               -- JSON array
);

-- What repeats among designations, kept once: language, use, status.
CREATE TABLE designation_kind (
    id             INTEGER PRIMARY KEY,
    language       TEXT,
    use            TEXT,              -- JSON [system, version, code, display]
    additional_use TEXT,              -- JSON array of such
    status         TEXT
);
-- The combinations of language reference sets in which terms are preferred or acceptable.
CREATE TABLE acceptability (
    id         INTEGER PRIMARY KEY,
    preferred  TEXT NOT NULL,         -- JSON array, ascending
    acceptable TEXT NOT NULL
);
-- `id` is ordinal * 2^20 + number: the names of one concept, in source order, lie side by side and need
-- no index of their own.
CREATE TABLE designation (
    id                INTEGER PRIMARY KEY,
    kind              INTEGER NOT NULL REFERENCES designation_kind,
    acceptability     INTEGER NOT NULL REFERENCES acceptability,
    active            INTEGER NOT NULL,
    value             TEXT NOT NULL,
    description       INTEGER,        -- SNOMED CT description id
    module            INTEGER REFERENCES module,
    effective_time    INTEGER,
    case_significance INTEGER,
    extensions        TEXT
);

-- Property codes of a system by FHIR type and by the form in which the value is stored:
-- s text, i integer, b boolean, f decimal, c Coding as JSON, t the code of the target.
CREATE TABLE property_kind (
    id          INTEGER PRIMARY KEY,
    code_system INTEGER NOT NULL REFERENCES code_system,
    code        TEXT NOT NULL,
    type        TEXT NOT NULL,
    form        TEXT NOT NULL
);
-- `id` as in designation.
CREATE TABLE property (
    id             INTEGER PRIMARY KEY,
    kind           INTEGER NOT NULL REFERENCES property_kind,
    value,                            -- null where form is t: then the target's code
    target         INTEGER,           -- ordinal
    role_group     INTEGER NOT NULL,
    module         INTEGER REFERENCES module,
    effective_time INTEGER,
    extensions     TEXT
);
-- Inactive relationship rows are kept apart, so that reading a concept does not step over them.
CREATE TABLE retired_property (
    id             INTEGER PRIMARY KEY,
    kind           INTEGER NOT NULL REFERENCES property_kind,
    value,
    target         INTEGER,
    role_group     INTEGER NOT NULL,
    module         INTEGER REFERENCES module,
    effective_time INTEGER,
    extensions     TEXT
);

CREATE TABLE refset (
    number  INTEGER PRIMARY KEY,
    id      INTEGER NOT NULL UNIQUE,
    pattern TEXT NOT NULL,
    columns TEXT NOT NULL             -- JSON array of names
);
-- Fields that repeat (a language reference set has two), kept once.
CREATE TABLE member_fields (
    id     INTEGER PRIMARY KEY,
    fields TEXT NOT NULL
);
CREATE TABLE refset_member (
    id             INTEGER PRIMARY KEY,
    refset         INTEGER NOT NULL REFERENCES refset,
    component      INTEGER NOT NULL,
    ordinal        INTEGER,           -- where the component is a concept of this pack
    active         INTEGER NOT NULL,
    fields         NOT NULL,          -- JSON array of text in the order of refset.columns, or member_fields.id
    member,                           -- the row's own id: 16 bytes of a UUID, or text
    module         INTEGER REFERENCES module,
    effective_time INTEGER
);

-- Earlier states from Full releases, by component.
CREATE TABLE history (
    component      INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    effective_time INTEGER NOT NULL,
    active         INTEGER NOT NULL,
    fields         TEXT NOT NULL
);

-- Other identifiers of concepts, by scheme.
CREATE TABLE identifier (
    ordinal    INTEGER NOT NULL,
    scheme     INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    active     INTEGER NOT NULL
);

-- ValueSet, ConceptMap, NamingSystem, StructureDefinition as they came.
CREATE TABLE document (
    id          INTEGER PRIMARY KEY,
    type        TEXT NOT NULL,
    url         TEXT,
    version     TEXT,
    resource_id TEXT,
    name        TEXT,
    title       TEXT,
    status      TEXT,
    digest      TEXT NOT NULL,        -- SHA-256 without narrative and meta: same or other content
    resource    TEXT NOT NULL
);
