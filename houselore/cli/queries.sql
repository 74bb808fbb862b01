-- name: status
-- The figures of `houselore status` for one workspace.
select
    %(workspace)s::text as workspace,
    (select count(*) from sources where workspace = %(workspace)s) as sources,
    (select count(*) from documents where workspace = %(workspace)s) as documents,
    (select count(*) from chunks c join generations g on g.id = c.generation
        where g.workspace = %(workspace)s and g.state = 'live') as chunks,
    (select id from generations where workspace = %(workspace)s and state = 'live') as generation,
    (select embedder from generations where workspace = %(workspace)s and state = 'live')
        as embedder,
    (select name from models where workspace = %(workspace)s and state = 'served') as model,
    (select max(synced_at) from sources where workspace = %(workspace)s) as synced_at,
    (select count(*) from inbox where workspace = %(workspace)s and kind = 'question')
        as questions,
    (select count(*) from inbox where workspace = %(workspace)s and state = 'received') as waiting,
    (select count(*) from inbox where workspace = %(workspace)s and state = 'failed') as failed,
    (select count(*) from answers where workspace = %(workspace)s) as answers,
    (select count(*) from feedback where workspace = %(workspace)s and is_current
        and label = 'good') as good,
    (select count(*) from feedback where workspace = %(workspace)s and is_current
        and label = 'bad') as bad;
