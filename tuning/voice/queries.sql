-- name: texts_of_documents
-- Documents that these principals may read, newest first.
select key, title, left(text, 20000) from documents
where workspace = %(workspace)s and readers && %(readers)s
order by indexed_at desc, id desc limit %(most)s;
