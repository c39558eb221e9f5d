"""Every SQL text of packs, named. Bulk inserts take positions (fastest), queries take names."""

from __future__ import annotations

SLOTS = 20
"""Rows of one concept are numbered from `ordinal << SLOTS` on (designation, property)."""

# -- building a pack ---------------------------------------------------------------------------

BUILD_PRAGMAS = (
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA cache_size = -65536",
)
STAGING = (
    """CREATE TABLE staging.designation (id INTEGER, kind, acceptability, active, value,
       description, module, effective_time, case_significance, extensions)""",
    """CREATE TABLE staging.property (id INTEGER, kind, value, target, role_group, module,
       effective_time, extensions)""",
    """CREATE TABLE staging.retired_property (id INTEGER, kind, value, target, role_group, module,
       effective_time, extensions)""",
)
ATTACH_STAGING = "ATTACH :path AS staging"
DETACH_STAGING = "DETACH staging"
UNSTAGE = (
    "INSERT INTO designation SELECT * FROM staging.designation ORDER BY id",
    "INSERT INTO property SELECT * FROM staging.property ORDER BY id",
    "INSERT INTO retired_property SELECT * FROM staging.retired_property ORDER BY id",
)
INSERT_CODE_SYSTEM = "INSERT INTO code_system VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_CONCEPT = "INSERT INTO concept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_DESIGNATION_KIND = "INSERT INTO designation_kind VALUES (?, ?, ?, ?, ?)"
INSERT_ACCEPTABILITY = "INSERT INTO acceptability VALUES (?, ?, ?)"
STAGE_DESIGNATION = "INSERT INTO staging.designation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_PROPERTY_KIND = "INSERT INTO property_kind VALUES (?, ?, ?, ?, ?)"
STAGE_PROPERTY = "INSERT INTO staging.property VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
STAGE_RETIRED_PROPERTY = "INSERT INTO staging.retired_property VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_MODULE = "INSERT INTO module VALUES (?, ?)"
INSERT_REFSET = "INSERT INTO refset VALUES (?, ?, ?, ?)"
INSERT_MEMBER_FIELDS = "INSERT INTO member_fields VALUES (?, ?)"
INSERT_REFSET_MEMBER = "INSERT INTO refset_member VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_HISTORY = "INSERT INTO history VALUES (?, ?, ?, ?, ?)"
INSERT_IDENTIFIER = "INSERT INTO identifier VALUES (?, ?, ?, ?)"
INSERT_DOCUMENT = "INSERT INTO document VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
QUICK_CHECK = "PRAGMA quick_check"

# -- reading a pack ----------------------------------------------------------------------------

READ_PRAGMAS = (
    "PRAGMA query_only = ON",
    "PRAGMA mmap_size = 1099511627776",
    # the page cache of the system serves all workers; a private one would hold pages twice
    "PRAGMA cache_size = -2048",
    "PRAGMA temp_store = MEMORY",
)
APPLICATION_ID = "PRAGMA application_id"
USER_VERSION = "PRAGMA user_version"
DATA_VERSION = "PRAGMA data_version"

CODE_SYSTEMS = "SELECT id, first, last, facts, resource FROM code_system ORDER BY id"
CONCEPT = """
SELECT definition, inactive, abstract, status, extensions, module, effective_time, defined, depth
FROM concept WHERE ordinal = :ordinal"""
CONCEPTS = """
SELECT c.ordinal, c.definition, c.inactive, c.abstract, c.status, c.extensions
FROM json_each(:ordinals) AS j CROSS JOIN concept AS c ON c.ordinal = j.value"""
CONCEPT_COLUMNS = """
SELECT ordinal, module, effective_time, defined, inactive FROM concept
WHERE ordinal >= :first AND ordinal < :last ORDER BY ordinal"""
CONCEPT_FACTS = """
SELECT coalesce(module, -1), coalesce(effective_time, 0), coalesce(defined, -1) FROM concept
WHERE ordinal >= :first AND ordinal < :last ORDER BY ordinal"""
DESIGNATION_KINDS = "SELECT id, language, use, additional_use, status FROM designation_kind"
ACCEPTABILITIES = "SELECT id, preferred, acceptable FROM acceptability"
DESIGNATIONS = """
SELECT kind, acceptability, active, value, description, extensions
FROM designation WHERE id >= :low AND id < :high ORDER BY id"""
DESIGNATIONS_OF = """
SELECT d.id, d.kind, d.acceptability, d.active, d.value, d.description, d.extensions
FROM json_each(:ordinals) AS j CROSS JOIN designation AS d
ON d.id >= (j.value << 20) AND d.id < ((j.value + 1) << 20)"""
DESIGNATION_ROWS = """
SELECT id >> 20, kind, acceptability, active, value, description, module, effective_time,
       case_significance
FROM designation WHERE id >= :low AND id < :high ORDER BY id"""
LOOKUP = """
SELECT definition, inactive, abstract, module, effective_time,
(SELECT count(*) || '\ue000' || group_concat((kind * 2 + active) || '\ue000' || value, '\ue000')
 FROM designation WHERE id >= :ordinal << 20 AND id < (:ordinal + 1) << 20),
(SELECT count(*) || '\ue000' || group_concat(kind || '\ue000' || coalesce(value, target), '\ue000')
 FROM property WHERE id >= :ordinal << 20 AND id < (:ordinal + 1) << 20)
FROM concept WHERE ordinal = :ordinal"""
"""A concept in one row. Rows of a table are joined in the order of the key by which they are found
(a range of its primary key): a test asks for that plan. U+E000 stands between (`JOINED_BY`).
"""
JOINED_BY = "\ue000"
DESIGNATION_FACTS = """
SELECT id, kind, acceptability, active, coalesce(module, -1), coalesce(effective_time, 0)
FROM designation WHERE id >= :low AND id < :high ORDER BY id"""
DESIGNATION_FACTS_OF = """
SELECT d.id, d.kind, d.acceptability, d.active, coalesce(d.module, -1),
       coalesce(d.effective_time, 0)
FROM json_each(:ordinals) AS j CROSS JOIN designation AS d
ON d.id >= (j.value << 20) AND d.id < ((j.value + 1) << 20)"""
DESIGNATION_TERMS = """
SELECT id, value FROM designation WHERE id >= :low AND id < :high ORDER BY id"""
DESIGNATION_TERMS_OF = """
SELECT d.value FROM json_each(:ids) AS j CROSS JOIN designation AS d ON d.id = j.value"""
# reads the whole table: few ask for descriptions by their ids, and the index is large
DESIGNATIONS_BY_DESCRIPTION = """
SELECT id FROM designation
WHERE description IN (SELECT value FROM json_each(:descriptions)) ORDER BY id"""
PROPERTY_KINDS = "SELECT id, code_system, code, type, form FROM property_kind"
PROPERTIES = """
SELECT kind, value, target, role_group, extensions
FROM property WHERE id >= :low AND id < :high ORDER BY id"""
PROPERTIES_OF = """
SELECT p.id, p.kind, p.value, p.target, p.role_group, p.extensions
FROM json_each(:ordinals) AS j CROSS JOIN property AS p
ON p.id >= (j.value << 20) AND p.id < ((j.value + 1) << 20)"""
PROPERTY_ROWS = """
SELECT id >> 20, kind, value, target FROM property WHERE kind = :kind ORDER BY id"""
PROPERTY_VALUE = """
SELECT id >> 20 FROM property
WHERE kind = :kind AND value = :value AND value IS NOT NULL AND length(value) <= 64"""
PROPERTY_LONG_VALUE = "SELECT id >> 20 FROM property WHERE kind = :kind AND value = :value"
PROPERTY_OF_TARGET = "SELECT id >> 20 FROM property WHERE target = :target AND kind = :kind"
MODULES = "SELECT number, id FROM module"
MEMBER_FIELDS = "SELECT id, fields FROM member_fields"
REFSETS = "SELECT number, id, pattern, columns FROM refset ORDER BY id"
REFSET_MEMBERS = """
SELECT r.id, m.component, m.ordinal, m.active, m.fields, m.member, m.module, m.effective_time
FROM refset AS r CROSS JOIN refset_member AS m ON m.refset = r.number
WHERE r.id = :refset ORDER BY m.component, m.id"""
REFSET_ROWS_OF = """
SELECT r.id, m.component, m.ordinal, m.active, m.fields, m.member, m.module, m.effective_time
FROM refset AS r CROSS JOIN refset_member AS m ON m.refset = r.number AND m.component = :component
ORDER BY m.id"""
REFSET_FIELDS_OF = """
SELECT m.fields FROM refset AS r
CROSS JOIN refset_member AS m ON m.refset = r.number AND m.component = :component
WHERE r.id = :refset AND m.active = 1 ORDER BY m.id"""
ALL_REFSET_ROWS = """
SELECT r.id, m.component, m.ordinal, m.active, m.fields, m.member, m.module, m.effective_time
FROM refset_member AS m CROSS JOIN refset AS r ON r.number = m.refset ORDER BY m.id"""
ALL_HISTORY = "SELECT kind, fields FROM history ORDER BY rowid"
CHANGED_COMPONENTS = "SELECT DISTINCT component FROM history ORDER BY component"
IDENTIFIERS_OF = """
SELECT scheme, identifier, active FROM identifier WHERE ordinal = :ordinal ORDER BY rowid"""
IDENTIFIED = """
SELECT ordinal, scheme, active FROM identifier WHERE identifier = :identifier ORDER BY rowid"""
HISTORY = """
SELECT kind, effective_time, active, fields FROM history
WHERE component = :component ORDER BY effective_time, rowid"""
DOCUMENTS = "SELECT id FROM document WHERE type = :type ORDER BY id"
DOCUMENT_NAMES = """
SELECT id, url, version, resource_id FROM document WHERE type = :type ORDER BY id"""
DOCUMENTS_BY_URL = "SELECT id FROM document WHERE type = :type AND url = :url ORDER BY id"
DOCUMENT = "SELECT resource FROM document WHERE id = :id"
DOCUMENT_DIGESTS = "SELECT type, url, version, digest FROM document ORDER BY id"

# -- the catalogue -----------------------------------------------------------------------------

WRITABLE_PRAGMAS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
BEGIN = "BEGIN IMMEDIATE"
COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"
GENERATION = "SELECT number FROM generation"
NEXT_GENERATION = "UPDATE generation SET number = number + 1"
PACKS = """
SELECT folder, name, version, kind, digest, rank, preferred FROM pack
WHERE state = 'installed' ORDER BY preferred DESC, rank DESC"""
REMOVED_PACKS = "SELECT folder FROM pack WHERE state = 'removed' ORDER BY folder"
HIGHEST_RANK = "SELECT coalesce(max(rank), 0) FROM pack"
PUT_PACK = """
INSERT INTO pack (folder, name, version, kind, digest, state, rank, preferred)
VALUES (:folder, :name, :version, :kind, :digest, 'installed', :rank, :preferred)
ON CONFLICT (folder) DO UPDATE SET state = 'installed', rank = :rank, preferred = :preferred,
name = :name, version = :version, kind = :kind, digest = :digest"""
MARK_REMOVED = "UPDATE pack SET state = 'removed' WHERE folder = :folder"
FORGET_PACK = "DELETE FROM pack WHERE folder = :folder AND state = 'removed'"
PREFER_PACK = "UPDATE pack SET preferred = 1, rank = :rank WHERE folder = :folder"

# -- state of clients --------------------------------------------------------------------------

PUT_CONTEXT = """
INSERT INTO context (id, resources, size, used) VALUES (:id, :resources, :size, :used)
ON CONFLICT (id) DO UPDATE SET resources = :resources, size = :size, used = :used"""
CONTEXT = "SELECT resources, used FROM context WHERE id = :id AND used >= :oldest"
CONTEXT_USED = "SELECT used FROM context WHERE id = :id AND used >= :oldest"
TOUCH_CONTEXT = "UPDATE context SET used = :used WHERE id = :id"
DELETE_CONTEXT = "DELETE FROM context WHERE id = :id"
EXPIRE_CONTEXTS = "DELETE FROM context WHERE used < :oldest"
CONTEXT_SIZE = "SELECT coalesce(sum(size), 0) FROM context"
OLDEST_CONTEXT = "SELECT id FROM context ORDER BY used, id LIMIT 1"
RESET_CLOSURE = """
INSERT INTO closure (name, version, used) VALUES (:name, 0, :used)
ON CONFLICT (name) DO UPDATE SET version = 0, used = :used"""
CLEAR_CLOSURE_CONCEPTS = "DELETE FROM closure_concept WHERE name = :name"
CLEAR_CLOSURE_ENTRIES = "DELETE FROM closure_entry WHERE name = :name"
CLOSURE = "SELECT version FROM closure WHERE name = :name AND used >= :oldest"
TOUCH_CLOSURE = "UPDATE closure SET used = :used WHERE name = :name"
CLOSURE_CONCEPTS = """
SELECT system, system_version, code FROM closure_concept WHERE name = :name ORDER BY rowid"""
CLOSURE_ENTRIES = """
SELECT system, source, target, equivalent, version FROM closure_entry
WHERE name = :name ORDER BY rowid"""
ADVANCE_CLOSURE = """
UPDATE closure SET version = :after + 1, used = :used
WHERE name = :name AND version = :after AND used >= :oldest"""
INSERT_CLOSURE_CONCEPT = """
INSERT INTO closure_concept (name, system, system_version, code, version)
VALUES (:name, :system, :system_version, :code, :version)"""
INSERT_CLOSURE_ENTRY = """
INSERT INTO closure_entry (name, system, source, target, equivalent, version)
VALUES (:name, :system, :source, :target, :equivalent, :version)"""
EXPIRE_CLOSURES = "DELETE FROM closure WHERE used < :oldest"
COUNT_CLOSURES = "SELECT count(*) FROM closure"
OLDEST_CLOSURE = "SELECT name FROM closure ORDER BY used, name LIMIT 1"
DELETE_CLOSURE = "DELETE FROM closure WHERE name = :name"
