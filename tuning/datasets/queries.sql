-- name: freezable
-- Select the examples that may be frozen: the approved ones, or also those waiting for a review.
select * from examples
where workspace = %(workspace)s
    and (state = 'approved' or (%(unreviewed)s and state = 'waiting'))
order by key;

-- name: keep_dataset
-- Store a frozen dataset; freezing the same examples again restores the content of a stale one.
insert into datasets (workspace, hash, content, card, counts, lineage, people, documents, frozen_by)
values (%(workspace)s, %(hash)s, %(content)s, %(card)s, %(counts)s, %(lineage)s, %(people)s,
    %(documents)s, %(by)s)
on conflict (workspace, hash) do update set content = excluded.content, people = excluded.people,
    documents = excluded.documents, stale_since = null, stale_reason = null;

-- name: list_datasets
-- List every dataset, newest first, without its content.
select hash, counts, card, frozen_by, created_at, stale_since, stale_reason
from datasets where workspace = %(workspace)s order by id desc;

-- name: dataset_content
-- Return the newest dataset whose hash begins so; a stale one has no content.
select hash, content, stale_reason from datasets
where workspace = %(workspace)s and starts_with(hash, %(hash)s)
order by id desc limit 1;
