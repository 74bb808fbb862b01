/** Times as people say them. Slack's `ts` is seconds since 1970, as a string. */

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
});
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const A_DAY = 24 * HOUR;

export function moment(ts) {
  return new Date(parseFloat(ts) * 1000);
}

/** "09:42" */
export function clock(ts) {
  return CLOCK.format(moment(ts));
}

/** "Monday 23 November 2026 at 09:42:10" */
export function full(ts) {
  return FULL.format(moment(ts));
}

/** The day that a message belongs to, to compare. */
export function dayOf(ts) {
  return moment(ts).toDateString();
}

/** "Today", "Yesterday", "Friday 20 November", "3 May 2024" */
export function day(ts) {
  const at = moment(ts);
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (at.toDateString() === today.toDateString()) return "Today";
  if (at.toDateString() === yesterday.toDateString()) return "Yesterday";
  return today - at < 300 * A_DAY * 1000 ? DAY.format(at) : DAY_AND_YEAR.format(at);
}

/** "just now", "2 minutes ago", "yesterday" */
export function ago(ts) {
  const seconds = (moment(ts) - Date.now()) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  if (size < HOUR) return RELATIVE.format(Math.round(seconds / MINUTE), "minute");
  if (size < A_DAY) return RELATIVE.format(Math.round(seconds / HOUR), "hour");
  return RELATIVE.format(Math.round(seconds / A_DAY), "day");
}
