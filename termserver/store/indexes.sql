-- Made after the rows are in: sorting once is faster than keeping sorted.
-- one code, one concept (the build names a code that occurs twice before it comes to this)
CREATE UNIQUE INDEX concept_code ON concept (code_system, code);
-- every value of one property, ascending by concept
CREATE INDEX property_of_kind ON property (kind);
-- the concepts with one value of a property; long texts are nobody's filter value
CREATE INDEX property_value ON property (kind, value)
WHERE value IS NOT NULL AND length(value) <= 64;
-- who points at a concept
CREATE INDEX property_target ON property (target) WHERE target IS NOT NULL;
-- the members of one reference set by component; the rows of one component are found by trying each
-- set, which spares an index over millions of language rows
CREATE INDEX refset_members ON refset_member (refset, component);
CREATE INDEX history_component ON history (component, effective_time);
CREATE INDEX identifier_value ON identifier (identifier, scheme);
CREATE INDEX identifier_concept ON identifier (ordinal);
-- search by url, read by id
CREATE INDEX document_canonical ON document (type, url);
CREATE INDEX document_id ON document (type, resource_id);
