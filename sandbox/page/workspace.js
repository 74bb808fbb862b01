/** What the person sees, as the server told it, and who wants to know when it changes. */

import { get, post } from "./control.js";

/** The key of a channel's roots, or of one thread. */
export function feedKey(channel, thread = null) {
  return thread ? `${channel}/${thread}` : channel;
}

export class Workspace {
  constructor(world) {
    this.world = world;
    this.listeners = new Map();
    this.feedback = new Map();
    this.become(null);
  }

  /** Be another person, of whom nothing is known yet. */
  become(person) {
    this.as = person;
    this.me = null;
    this.reads = new Set();
    this.team = this.world.team;
    this.app = null;
    this.people = new Map(this.world.people.map((person) => [person.id, person]));
    this.channels = new Map();
    this.commands = [];
    this.shortcuts = [];
    this.feeds = new Map();
    this.statuses = new Map();
    this.prompts = new Map();
    this.pending = new Map();
    this.newSince = new Map();
    this.home = null;
    this.views = [];
    this.place = {};
    this.mine = null;
  }

  on(type, listener) {
    if (!this.listeners.has(type)) this.listeners.set(type, []);
    this.listeners.get(type).push(listener);
  }

  emit(type, detail) {
    for (const listener of this.listeners.get(type) ?? []) listener(detail);
  }

  person(id) {
    return this.people.get(id) ?? { id, name: id, real_name: id, color: "#777777" };
  }

  /**
   * Read as the person who is here, unless they leave meanwhile. What changes while the answer is on
   * its way may be newer than the answer, so those changes are taken in once more.
   */
  async read(path, parameters, install) {
    const { as } = this;
    const meanwhile = [];
    this.reads.add(meanwhile);
    try {
      const answer = await get(path, { as, ...parameters });
      if (this.as !== as) return;
      install(answer);
    } finally {
      this.reads.delete(meanwhile);
    }
    for (const change of meanwhile) this.apply(change);
  }

  readView() {
    return this.read("view", {}, (view) => {
      this.me = view.me;
      this.team = view.team;
      this.app = view.app;
      this.people = new Map(view.people.map((one) => [one.id, one]));
      this.channels = new Map(view.channels.map((channel) => [channel.id, channel]));
      this.commands = view.commands;
      this.shortcuts = view.shortcuts;
      this.views = view.modal ? [view.modal] : [];
      this.emit("view");
      this.emit("modal");
    });
  }

  readFeed(channel, thread = null) {
    return this.read("messages", { channel, thread_ts: thread }, ({ messages }) => {
      const key = feedKey(channel, thread);
      this.feeds.set(key, new Map(messages.map((message) => [message.ts, message])));
      for (const message of messages) this.rememberStatus(message);
      this.emit("feed", key);
    });
  }

  readHome() {
    return this.read("home", {}, ({ view }) => {
      this.home = view;
      this.emit("home");
    });
  }

  messages(channel, thread = null) {
    const feed = this.feeds.get(feedKey(channel, thread));
    return feed ? [...feed.values()].sort((a, b) => parseFloat(a.ts) - parseFloat(b.ts)) : null;
  }

  message(channel, ts) {
    for (const [key, feed] of this.feeds) {
      if (key.startsWith(channel) && feed.has(ts)) return feed.get(ts);
    }
    return null;
  }

  status(channel, thread) {
    return this.statuses.get(feedKey(channel, thread)) ?? null;
  }

  /** Take in one `Change`. */
  apply(change) {
    for (const meanwhile of this.reads) meanwhile.push(change);
    CHANGES[change.type]?.(this, change);
  }

  placeMessage(message) {
    const { channel, ts, thread_ts: thread } = message;
    const isReply = thread && thread !== ts;
    const keys = isReply ? [feedKey(channel, thread)] : [feedKey(channel), feedKey(channel, ts)];
    if (isReply && (message.broadcast || this.feeds.get(channel)?.has(ts))) keys.push(channel);
    for (const key of keys) {
      const feed = this.feeds.get(key);
      if (!feed) continue;
      feed.set(ts, message);
      this.emit("feed", key);
    }
    this.rememberStatus(message);
  }

  rememberStatus(message) {
    if (message.thread_ts && message.thread_ts !== message.ts) return;
    const key = feedKey(message.channel, message.ts);
    if (message.status) this.statuses.set(key, message.status);
    else this.statuses.delete(key);
  }

  /** A message of one's own on its way: it stays, with the reason, if it does not arrive. */
  async send(channel, thread, text, attempt = null) {
    const key = feedKey(channel, thread);
    const sending = attempt ?? {
      id: crypto.randomUUID?.() ?? String(Math.random()),
      text,
      channel,
      thread,
    };
    sending.error = null;
    sending.visible = false;
    const waiting = this.pending.get(key) ?? [];
    if (!waiting.includes(sending)) this.pending.set(key, [...waiting, sending]);
    const soon = setTimeout(() => {
      sending.visible = true;
      this.emit("feed", key);
    }, 300);
    try {
      const { ts } = await post("post", {
        as: this.as,
        channel,
        text,
        ...(thread ? { thread_ts: thread } : {}),
      });
      clearTimeout(soon);
      this.discard(sending);
      return ts;
    } catch (error) {
      clearTimeout(soon);
      Object.assign(sending, { error: error.message, visible: true });
      this.emit("feed", key);
      return null;
    }
  }

  discard(sending) {
    const key = feedKey(sending.channel, sending.thread);
    this.pending.set(
      key,
      (this.pending.get(key) ?? []).filter((other) => other !== sending),
    );
    this.emit("feed", key);
  }
}

const CHANGES = {
  message: (workspace, { message }) => {
    workspace.placeMessage(message);
    workspace.emit("message", message);
  },
  message_gone: (workspace, { channel, ts }) => {
    for (const [key, feed] of workspace.feeds) {
      if (key.startsWith(channel) && feed.delete(ts)) workspace.emit("feed", key);
    }
    workspace.emit("gone", { channel, ts });
  },
  channel: (workspace, { channel }) => {
    workspace.channels.set(channel.id, channel);
    workspace.emit("channels", channel.id);
  },
  channel_gone: (workspace, { channel }) => {
    workspace.channels.delete(channel.id ?? channel);
    workspace.emit("channels", channel.id ?? channel);
  },
  status: (workspace, change) => {
    const key = feedKey(change.channel, change.thread_ts);
    if (change.status || change.processing) workspace.statuses.set(key, change);
    else workspace.statuses.delete(key);
    workspace.emit("status", change);
  },
  view: (workspace, { view }) => {
    const at = workspace.views.findIndex((open) => open.id === view.id);
    if (at >= 0) workspace.views[at] = view;
    else workspace.views.push(view);
    workspace.emit("modal");
  },
  view_gone: (workspace, { view_id: id }) => {
    workspace.views = workspace.views.filter((view) => view.id !== id);
    workspace.emit("modal");
  },
  home: (workspace, { view }) => {
    workspace.home = view;
    workspace.emit("home");
  },
  person: (workspace, { person }) => {
    workspace.people.set(person.id, person);
    workspace.emit("view");
  },
  prompts: (workspace, { channel, title, prompts }) => {
    workspace.prompts.set(channel, { title, prompts });
    workspace.emit("prompts", channel);
  },
};
