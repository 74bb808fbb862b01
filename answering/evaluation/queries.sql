-- name: document_keys
-- List the id and key of each document.
select id, key from documents where workspace = %(workspace)s;
