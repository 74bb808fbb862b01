/** Takes the page from place to place, as the address says: who, which channel, which thread. */

import { Connection } from "./connection.js";
import { post } from "./control.js";
import { createConversation } from "./conversation.js";
import { go, read } from "./route.js";
import { label } from "./sidebar.js";
import { createThread } from "./thread.js";
import { toast } from "./toast.js";

const wide = matchMedia("(min-width: 1000px)");

export class Places {
  /** `before` is the element of the page before which a place is put. */
  constructor(workspace, root, before, banner, actions) {
    Object.assign(this, { workspace, root, before, banner, actions });
    this.conversation = null;
    this.thread = null;
    this.becoming = null;
    this.turn = 0;
  }

  /** Go where the address says, as the person it says; a later arrival overtakes this one. */
  async arrive() {
    const turn = ++this.turn;
    const wanted = read();
    try {
      const person = this.personOf(wanted);
      if (this.workspace.as !== person) this.becoming = this.become(person);
      await this.becoming;
      if (turn !== this.turn) return;
      if (!this.knows(wanted.channel)) await this.workspace.readView();
      if (turn !== this.turn) return;
      const channel = this.workspace.channels.get(wanted.channel) ?? this.firstChannel();
      const isWanted = channel?.id === wanted.channel;
      const place = {
        person,
        channel: channel?.id ?? null,
        thread: isWanted ? wanted.thread : null,
        tab: channel?.is_app ? wanted.tab : "messages",
      };
      if (wanted.person !== person || !isWanted) go(place, { replace: true });
      await this.settle(place, channel);
    } catch (error) {
      if (turn !== this.turn) return;
      if (!this.workspace.me) this.workspace.become(null);
      toast(error.message, { bad: true });
    }
  }

  /** A channel that one has just made may be in the address before the change has arrived. */
  knows(channel) {
    return !channel || this.workspace.channels.has(channel);
  }

  personOf(wanted) {
    const people = this.workspace.world.people.filter((person) => !person.is_bot);
    const isThere = people.some(({ id }) => id === wanted.person);
    return isThere ? wanted.person : (this.workspace.as ?? people[0].id);
  }

  firstChannel() {
    const all = [...this.workspace.channels.values()];
    const mine = all.filter((channel) => channel.is_member);
    return mine.find((channel) => channel.name === "general") ?? mine[0] ?? all[0] ?? null;
  }

  async become(person) {
    this.connection?.close();
    this.leave();
    this.workspace.become(person);
    this.banner.hidden = true;
    const apply = (change) => this.workspace.apply(change);
    this.connection = new Connection(person, apply, (state) => this.connected(state));
    await this.connection.tried;
    await this.workspace.readView();
  }

  connected(state) {
    this.banner.hidden = state !== "lost";
    if (state === "again") this.readAgain();
  }

  /** After the connection came back: read all that is on the page, forget the rest. */
  async readAgain() {
    const { channel, thread, tab } = this.workspace.place;
    const shown = [channel, `${channel}/${thread}`];
    try {
      await this.workspace.readView();
      for (const key of [...this.workspace.feeds.keys()]) {
        if (!shown.includes(key)) this.workspace.feeds.delete(key);
      }
      if (channel) await this.workspace.readFeed(channel);
      if (thread) await this.workspace.readFeed(channel, thread);
      if (tab === "home") await this.workspace.readHome();
    } catch (error) {
      toast(error.message, { bad: true });
    }
  }

  leave() {
    for (const part of [this.conversation, this.thread]) {
      part?.close();
      part?.element.remove();
    }
    this.conversation = null;
    this.thread = null;
  }

  async settle(place, channel) {
    const before = this.workspace.place;
    const isSame = before.channel === place.channel && before.tab === place.tab;
    const isNew = !isSame || !this.conversation;
    this.workspace.place = place;
    this.root.classList.toggle("in-thread", Boolean(place.thread));
    if (isNew) this.leave();
    if (!channel) return;
    if (isNew) this.openConversation(place, channel);
    if (isNew || before.thread !== place.thread) this.openThread(place, channel);
    this.workspace.emit("place");
    this.titlePage();
    await this.fill(place, channel, isNew);
  }

  openConversation(place, channel) {
    this.workspace.mine = null;
    this.conversation = createConversation(this.workspace, channel, place.tab, this.actions);
    this.root.insertBefore(this.conversation.element, this.before);
    this.conversation.update();
    if (wide.matches && !place.thread) this.conversation.focus();
  }

  openThread(place, channel) {
    this.thread?.close();
    this.thread?.element.remove();
    this.thread = null;
    if (place.thread) {
      this.thread = createThread(this.workspace, channel, place.thread, this.actions);
      this.root.insertBefore(this.thread.element, this.before);
      this.thread.update();
      if (wide.matches) this.thread.focus();
    }
    this.conversation?.feed?.update();
  }

  /** Read what the place shows, and say that it has been seen. */
  async fill(place, channel, isNew) {
    const { workspace } = this;
    const reads = [];
    if (place.tab === "home") reads.push(workspace.readHome());
    else if (isNew) reads.push(workspace.readFeed(channel.id).then(() => this.markNew(channel)));
    if (place.thread) reads.push(workspace.readFeed(channel.id, place.thread));
    if (channel.is_app && isNew) {
      reads.push(post("open", { as: place.person, channel: channel.id, tab: place.tab }));
    }
    await Promise.all(reads);
    this.markRead();
  }

  /** The line above what came while one was away: before the last `unread` of others. */
  markNew(channel) {
    const all = this.workspace.messages(channel.id) ?? [];
    const others = all.filter((message) => message.user !== this.workspace.as);
    const seen = channel.unread > 0 ? others.at(-channel.unread - 1) : null;
    this.workspace.newSince.set(channel.id, seen?.ts ?? null);
    this.workspace.emit("feed", channel.id);
    this.conversation?.feed?.toEnd();
  }

  async markRead() {
    const { workspace } = this;
    const channel = workspace.channels.get(workspace.place.channel);
    if (!channel?.unread || !channel.is_member || document.hidden) return;
    workspace.channels.set(channel.id, { ...channel, unread: 0 });
    await post("open", { as: workspace.as, channel: channel.id }).catch(() => null);
  }

  titlePage() {
    const { channels, place, team } = this.workspace;
    const elsewhere = [...channels.values()].filter(({ id }) => id !== place.channel);
    const unread = elsewhere.reduce((sum, channel) => sum + (channel.unread || 0), 0);
    const here = channels.get(place.channel);
    const sign = here && ["public", "private"].includes(here.kind) ? "#" : "";
    const name = here ? `${sign}${label(this.workspace, here)}` : "";
    document.title = `${unread ? `(${unread}) ` : ""}${name} · ${team.name}`;
  }

  /** In the app's own conversation an answer opens beside the question. */
  followApp(channel, ts, author = null) {
    const { workspace } = this;
    const isMine = ts && ts === workspace.mine && channel === workspace.place.channel;
    if (!isMine || author === workspace.as || workspace.place.thread) return;
    if (!workspace.channels.get(channel)?.is_app || this.conversation?.hasDraft()) return;
    workspace.mine = null;
    go({ ...workspace.place, thread: ts });
  }
}
