/** The WebSocket on which changes arrive; opens itself again when it drops. */

const SOONEST = 400;
const LATEST = 3000;

export class Connection {
  /** `onChange(change)` for each change, `onState("open" | "lost" | "again")`. */
  constructor(person, onChange, onState) {
    this.person = person;
    this.onChange = onChange;
    this.onState = onState;
    this.wait = SOONEST;
    this.opened = false;
    this.closed = false;
    /** Settles once the first attempt has come to something, good or bad. */
    this.tried = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(
      `${scheme}//${location.host}/sandbox/stream?as=${encodeURIComponent(this.person)}`,
    );
    this.socket.onopen = () => {
      this.onState(this.opened ? "again" : "open");
      this.opened = true;
      this.wait = SOONEST;
      this.settle();
    };
    this.socket.onmessage = (message) => {
      if (!this.closed) this.onChange(JSON.parse(message.data));
    };
    this.socket.onclose = () => this.reopen();
  }

  reopen() {
    this.settle();
    if (this.closed) return;
    this.onState("lost");
    this.timer = setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(this.wait * 2, LATEST);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}
