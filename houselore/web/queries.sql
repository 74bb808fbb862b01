-- name: reader_document
-- A document's text, with the offsets of the cited chunk (null when it is gone).
select d.readers, d.title, d.text, d.indexed_at, c.start_offset, c.end_offset
from documents d
left join chunks c on c.document_id = d.id and c.id = %(chunk)s
where d.id = %(document)s and d.workspace = %(workspace)s
limit 1;
