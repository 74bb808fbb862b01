-- name: freezable
-- The examples that may be frozen: those approved, or also those that nobody has reviewed.
select * from examples
where workspace = %(workspace)s
    and (state = 'approved' or (%(unreviewed)s and state = 'waiting'))
order by key;

-- name: keep_dataset
-- Keeps a frozen dataset; freezing the same again is the same dataset.
insert into datasets (workspace, hash, content, card, counts, lineage, people, documents, frozen_by)
values (%(workspace)s, %(hash)s, %(content)s, %(card)s, %(counts)s, %(lineage)s, %(people)s,
    %(documents)s, %(by)s)
on conflict (workspace, hash) do update set content = excluded.content, people = excluded.people,
    documents = excluded.documents, stale_since = null, stale_reason = null;

-- name: list_datasets
-- Every dataset, the newest first, without its content.
select hash, counts, card, frozen_by, created_at, stale_since, stale_reason
from datasets where workspace = %(workspace)s order by id desc;

-- name: dataset_content
-- The lines of the dataset whose hash begins so, else of the newest; nothing where it is stale.
select hash, content, stale_reason from datasets
where workspace = %(workspace)s and starts_with(hash, %(hash)s)
order by id desc limit 1;
