-- name: document_keys
-- Each document's id and key.
select id, key from documents where workspace = %(workspace)s;
