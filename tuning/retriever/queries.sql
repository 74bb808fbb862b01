-- name: lesson_threads
-- The thread before each of these answers' questions.
select id, thread from answers where workspace = %(workspace)s and id = any(%(ids)s);

-- name: register_weights
-- Add learned weights as a candidate.
insert into retriever_weights
    (workspace, embedder, dimensions, dense, adapter, adapter_hash, lessons, lessons_hash, answers,
    documents, people, code_version, learned_by, passes, verdict, metrics, against)
values (%(workspace)s, %(embedder)s, %(dimensions)s, %(dense)s, %(adapter)s, %(adapter_hash)s,
    %(lessons)s, %(lessons_hash)s, %(answers)s, %(documents)s, %(people)s, %(code_version)s, %(by)s,
    %(passes)s, %(verdict)s, %(metrics)s, %(against)s)
returning id;

-- name: list_weights
-- All weights learned for an embedder: the served ones first, then the newest.
select id, dense, adapter is not null as has_adapter, state, lessons, learned_by, created_at, passes,
    verdict, against, replaced, decided_by, reason, decided_at, stale_reason
from retriever_weights
where workspace = %(workspace)s and embedder = %(embedder)s and dimensions = %(dimensions)s
order by state = 'served' desc, id desc;

-- name: lock_weights
-- Serialize changes of a workspace's retrieval weights.
select pg_advisory_xact_lock(hashtextextended('weights:' || %(workspace)s, 0));

-- name: retire_weights
-- Take the served weights out of service.
update retriever_weights
set state = 'retired', decided_by = %(by)s, reason = %(reason)s, decided_at = now()
where id = %(id)s;

-- name: serve_weights
-- Put weights into service, for the first time or again.
update retriever_weights
set state = 'served', decided_by = %(by)s, reason = %(reason)s, decided_at = now(),
    replaced = %(replaced)s
where id = %(id)s;
