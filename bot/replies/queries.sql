-- name: has_room
-- Whether an unprompted question may be answered now: it is at most ten minutes old, and its
-- channel had fewer than `most` unprompted answers in the last minute.
select exists (
    select from inbox where id = %(id)s and received_at > now() - interval '10 minutes'
) and (
    select count(*) from inbox
    where workspace = %(workspace)s and channel = %(channel)s and kind = 'unasked'
    and received_at > now() - interval '1 minute' and reply_ts is not null and id <> %(id)s
) < %(most)s;

-- name: let_pass
-- Finish an open row that gets no answer, and erase its text.
update inbox
set state = %(state)s, error = %(error)s, payload = payload - 'text', finished_at = now()
where id = %(id)s and state = 'received';

-- name: unreadable
-- Count those of these documents that were deleted, changed since an answer used them, or may not
-- be read by these readers.
select count(*) from unnest(%(ids)s::bigint[]) as wanted (id)
where not exists (
    select from documents d
    where d.id = wanted.id and d.workspace = %(workspace)s and d.readers && %(readers)s
    and d.indexed_at <= (select a.created_at from answers a where a.id = %(answer)s)
);
